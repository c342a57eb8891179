from django.urls import path

from stats import views

app_name = "stats"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("du-lieu.json", views.data_json, name="data_json"),
    path("du-lieu.csv", views.data_csv, name="data_csv"),
]
