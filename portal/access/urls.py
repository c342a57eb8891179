"""Of allauth's addresses, those that the staff pages open; all others do not exist."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib import admin
from django.urls import path, reverse_lazy

from portal.access import views
from portal.access.pages import entrance, staff_page

_DONE = reverse_lazy("account")

urlpatterns = [
    # Known by this name to allauth; `admin.site` answers it.
    path("login/", admin.site.login, name="account_login"),
    path("login/lop-hai/", entrance(views.SecondStepView.as_view()), name="mfa_authenticate"),
    path("login/lien-ket/<str:secret>/", entrance(views.one_time_link), name="one_time_link"),
    path("tai-khoan/", staff_page(views.own_account), name="account"),
    path("tai-khoan/", staff_page(views.own_account), name="mfa_index"),
    path(
        "tai-khoan/xac-nhan/",
        staff_page(account.ReauthenticateView.as_view(template_name="admin/access/again.html")),
        name="account_reauthenticate",
    ),
    path(
        "tai-khoan/xac-nhan/ma/",
        staff_page(mfa.ReauthenticateView.as_view(template_name="admin/access/again.html")),
        name="mfa_reauthenticate",
    ),
    path(
        "tai-khoan/xac-nhan/khoa/",
        staff_page(views.PasskeyAgainView.as_view(template_name="admin/access/again.html")),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "tai-khoan/ung-dung/",
        staff_page(views.AppView.as_view(template_name="admin/access/app.html")),
        name="mfa_activate_totp",
    ),
    path(
        "tai-khoan/ung-dung/go/",
        staff_page(
            totp.DeactivateTOTPView.as_view(
                template_name="admin/access/remove.html", success_url=_DONE
            )
        ),
        name="mfa_deactivate_totp",
    ),
    path("tai-khoan/khoa/", staff_page(views.NewPasskeyView.as_view()), name="mfa_add_webauthn"),
    path(
        "tai-khoan/khoa/<key:pk>/go/",
        staff_page(views.RemovePasskeyView.as_view(success_url=_DONE)),
        name="mfa_remove_webauthn",
    ),
    path(
        "tai-khoan/ma-du-phong/",
        staff_page(codes.ViewRecoveryCodesView.as_view(template_name="admin/access/codes.html")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "tai-khoan/ma-du-phong/tao-lai/",
        staff_page(
            codes.GenerateRecoveryCodesView.as_view(template_name="admin/access/renew.html")
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "tai-khoan/may/<key:pk>/thu-hoi/",
        staff_page(views.revoke_computer),
        name="account_revoke_computer",
    ),
    path(
        "tai-khoan/phien/<key:pk>/ket-thuc/",
        staff_page(views.end_session),
        name="account_end_session",
    ),
]
