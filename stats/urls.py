from django.urls import path

from stats import beacon, views

app_name = "stats"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("du-lieu.json", views.data_json, name="data_json"),
    path("hien-tai.json", views.now_json, name="now_json"),
    path("huy-hieu.svg", views.badge, name="badge"),
    path("dem/", beacon.report, name="beacon"),
    path("dem.gif", beacon.pixel, name="beacon_pixel"),
    path("du-lieu.csv", views.data_csv, name="data_csv"),
]
