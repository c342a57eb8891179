from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("khac/", lambda _request: HttpResponse(), name="home")]
