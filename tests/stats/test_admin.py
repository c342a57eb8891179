import pytest
from django.test import Client
from django.urls import reverse

from stats.models import CounterOffset, DayTotal


def add_offset(staff: Client) -> CounterOffset:
    values = {"figure": "7448251", "reason": "Số cuối cùng của trang cũ, ngày 28/12/2021"}
    staff.post(reverse("admin:stats_counteroffset_add"), values)
    return CounterOffset.objects.get()


def test_who_carries_a_figure_over_is_recorded(staff: Client) -> None:
    assert add_offset(staff).recorded_by is not None


def test_a_figure_carried_over_is_shown_and_not_changed(staff: Client) -> None:
    address = reverse("admin:stats_counteroffset_change", args=[add_offset(staff).pk])
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"figure": "1", "reason": "x"}).status_code == 403
    assert staff.post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert CounterOffset.objects.get().figure == 7448251


def test_not_even_code_changes_it(staff: Client) -> None:
    offset = add_offset(staff)
    with pytest.raises(ValueError, match="never changed"):
        offset.save()


def test_figures_can_be_looked_at_only(staff: Client) -> None:
    day = DayTotal.objects.create(day="2026-11-02", visits=3)
    assert staff.get(reverse("admin:stats_daytotal_changelist")).status_code == 200
    assert staff.get(reverse("admin:stats_daytotal_add")).status_code == 403
    change = reverse("admin:stats_daytotal_change", args=[day.pk])
    assert staff.post(change, {"visits": 9}).status_code == 403
