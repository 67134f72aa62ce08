b2c_tenant = "contoso"
signupsignin_user_flow = "B2C_1_signupsignin1"
editprofile_user_flow = "B2C_1_profileediting1"

resetpassword_user_flow = "B2C_1_passwordreset1"  # Note: Legacy setting.

authority_template = "https://{tenant}.b2clogin.com/{tenant}.onmicrosoft.com/{user_flow}"

CLIENT_ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"  # Application (client) ID of app registration

CLIENT_SECRET = "Tk8Q~a-secret-of-nobody-0123456789_abcdef"  # Placeholder - for use ONLY during testing.
# CLIENT_SECRET = os.getenv("CLIENT_SECRET")

AUTHORITY = authority_template.format(tenant=b2c_tenant, user_flow=signupsignin_user_flow)
B2C_PROFILE_AUTHORITY = authority_template.format(tenant=b2c_tenant, user_flow=editprofile_user_flow)
B2C_RESET_PASSWORD_AUTHORITY = authority_template.format(tenant=b2c_tenant, user_flow=resetpassword_user_flow)

REDIRECT_PATH = "/getAToken"  # Used for forming an absolute URL to your redirect URI.

ENDPOINT = 'https://api.contoso.com/demo'

SCOPE = [
    "https://contoso.onmicrosoft.com/demo-api/demo.read",
    "https://contoso.onmicrosoft.com/demo-api/demo.write",
]

SESSION_TYPE = "filesystem"  # Specifies the token cache should be stored in server-side session
