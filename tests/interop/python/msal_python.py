"""MSAL Python, as its documentation uses it."""

import base64
import hashlib
import json
import ssl
import time
from pathlib import Path

import jwt
import msal
import requests

from witness import Report, Visitor, command, expect, setting, wait_for_another_second

BASE, TENANT, HOST = setting("BASE"), setting("TENANT"), setting("B2C_HOST")
CLIENT, SECRET, REDIRECT = setting("CLIENT"), setting("SECRET"), setting("REDIRECT")
SCOPE = setting("SCOPE")
SIGN_IN, EDIT = "B2C_1_signupsignin1", "B2C_1_profileediting1"

report = Report()


def application(policy=SIGN_IN, base=BASE, secret=SECRET, cache=None):
    authority = f"{base}/{TENANT}/{policy}"
    return msal.ConfidentialClientApplication(
        CLIENT, authority=authority, client_credential=secret, token_cache=cache
    )


def sign_in(app, visitor=None, scopes=(SCOPE,), **parameters):
    flow = app.initiate_auth_code_flow(list(scopes), redirect_uri=REDIRECT, **parameters)
    answer = (visitor or Visitor(REDIRECT)).sign_in(flow["auth_uri"])
    return tokens(app.acquire_token_by_auth_code_flow(flow, answer))


def tokens(result):
    expect(result is not None, "MSAL has nothing")
    expect("error" not in result, f"{result.get('error')}: {result.get('error_description')}")
    return result


def refused(result, error, code):
    expect(result.get("error") == error, f"{result}")
    expect(result.get("error_description", "").startswith(code + ":"), f"{result}")


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


@report.feature("discovery")
def _():
    authority = application().authority
    here = f"{BASE}/{TENANT}/{SIGN_IN}/oauth2/v2.0/".lower()
    expect(authority.token_endpoint == here + "token", authority.token_endpoint)
    expect(authority.authorization_endpoint == here + "authorize", "authorization endpoint")


@report.feature("discovery-unknown")
def _():
    try:
        application("B2C_1_nowhere")
    except ValueError as error:
        expect("Unable to get authority configuration" in str(error), str(error))
    else:
        raise AssertionError("accepted")


@report.feature("host")
def _():
    app = application(base=f"https://{HOST}")
    result = sign_in(app)
    issuer = result["id_token_claims"]["iss"]
    expect(issuer.startswith(f"https://{HOST}/"), issuer)


@report.feature("code-flow")
def _():
    result = sign_in(application())
    claims = result["id_token_claims"]
    expect(claims["aud"] == CLIENT and claims["name"] == "Ada Lovelace", f"{claims}")
    expect(claims["tfp"].lower() == SIGN_IN.lower(), f"{claims}")


@report.feature("pkce")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    expect("code_challenge_method=S256" in flow["auth_uri"], flow["auth_uri"])
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    flow["code_verifier"] = "v" * 43
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "invalid_grant", "AADB2C90182")


@report.feature("form-post")
def _():
    flow = application().initiate_auth_code_flow(
        [SCOPE], redirect_uri=REDIRECT, response_mode="form_post"
    )
    visitor = Visitor(REDIRECT)
    answer = visitor.sign_in(flow["auth_uri"])
    expect(visitor.url.startswith(BASE), "a redirect, not a form")
    tokens(application().acquire_token_by_auth_code_flow(flow, answer))


@report.feature("state")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    expect(answer["state"] == flow["state"], f"{answer}")
    try:
        app.acquire_token_by_auth_code_flow(flow, {**answer, "state": "another"})
    except ValueError:
        return
    raise AssertionError("accepted another state")


@report.feature("account")
def _():
    app = application()
    result = sign_in(app)
    account = app.get_accounts()[0]
    oid = result["id_token_claims"]["oid"]
    home = f"{oid}-{SIGN_IN.lower()}.{setting('TENANT_ID')}"
    expect(account["home_account_id"] == home, f"{account}")


@report.feature("api-token")
def _():
    result = sign_in(application())
    expect(result["token_type"] == "Bearer" and result["expires_in"] > 3500, f"{result}")
    headers = {"Authorization": "Bearer " + result["access_token"]}
    answer = requests.get(BASE + "/api/me", headers=headers)
    expect(answer.status_code == 200, f"{answer.status_code} {answer.text}")


@report.feature("no-resource")
def _():
    result = sign_in(application(), scopes=())
    expect("access_token" not in result, "an access token without a resource")


@report.feature("refresh")
def _():
    app = application(cache=msal.TokenCache())
    first = sign_in(app)
    account = app.get_accounts()[0]
    cached = tokens(app.acquire_token_silent([SCOPE], account))
    expect(cached["access_token"] == first["access_token"], "not from the cache")
    wait_for_another_second()
    fresh = tokens(app.acquire_token_silent([SCOPE], account, force_refresh=True))
    expect(fresh["access_token"] != first["access_token"], "the same token")
    old, new = claims_of(first["id_token"]), claims_of(fresh["id_token"])
    expect(old["sub"] == new["sub"], "another subject")


@report.feature("refresh-policy")
def _():
    cache = msal.TokenCache()
    sign_in(application(cache=cache))
    token = list(cache.find(msal.TokenCache.CredentialType.REFRESH_TOKEN))[0]["secret"]
    result = application(EDIT).acquire_token_by_refresh_token(token, [SCOPE])
    refused(result, "invalid_grant", "AADB2C90088")


@report.feature("sso")
def _():
    visitor = Visitor(REDIRECT)
    sign_in(application(), visitor)
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = visitor.open(flow["auth_uri"])
    tokens(app.acquire_token_by_auth_code_flow(flow, answer))


@report.feature("profile-edit")
def _():
    visitor = Visitor(REDIRECT)
    sign_in(application(), visitor)
    app = application(EDIT)
    flow = app.initiate_auth_code_flow([], redirect_uri=REDIRECT)
    expect(visitor.open(flow["auth_uri"]) is None, "no page to edit")
    answer = visitor.edit_profile()
    result = tokens(app.acquire_token_by_auth_code_flow(flow, answer))
    claims = result["id_token_claims"]
    expect(claims["tfp"].lower() == EDIT.lower(), f"{claims}")


@report.feature("cancel")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    visitor.open(flow["auth_uri"])
    answer = visitor.submit(action="cancel")
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "access_denied", "AADB2C90091")


@report.feature("forgot-password")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    visitor.open(flow["auth_uri"])
    answer = visitor.click("forgotPassword")
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "access_denied", "AADB2C90118")


@report.feature("prompt-none")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT, prompt="none")
    answer = Visitor(REDIRECT).open(flow["auth_uri"])
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    refused(result, "interaction_required", "AADB2C90077")


@report.feature("wrong-password")
def _():
    flow = application().initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    expect(visitor.sign_in(flow["auth_uri"], password="wrong") is None, "the application heard")
    expect(visitor.submit(signInName="ada@emulator.example", password="Passw0rd!"), "no answer")


@report.feature("wrong-secret")
def _():
    app = application(secret="wrong")
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    refused(result, "invalid_client", "AADB2C90081")


@report.feature("code-policy")
def _():
    flow = application().initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    result = application(EDIT).acquire_token_by_auth_code_flow(flow, answer)
    refused(result, "invalid_grant", "AADB2C90088")


@report.feature("code-twice")
def _():
    app = application()
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    tokens(app.acquire_token_by_auth_code_flow(flow, answer))
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    refused(result, "invalid_grant", "AADB2C90080")


@report.feature("client-credentials")
def _():
    scope = SCOPE.rsplit("/", 1)[0] + "/.default"
    result = tokens(application().acquire_token_for_client([scope]))
    expect(claims_of(result["access_token"])["scp"] == "demo.app", f"{result}")


@report.feature("password")
def _():
    # Before it sends a password it asks the authority's host about the user, and forgets the port.
    authority = f"https://{HOST}/{TENANT}/B2C_1_ropc"
    app = msal.PublicClientApplication(setting("PUBLIC_CLIENT"), authority=authority)
    ada, scopes = "ada@emulator.example", [SCOPE]
    result = tokens(app.acquire_token_by_username_password(ada, "Passw0rd!", scopes))
    expect(result["id_token_claims"]["name"] == "Ada Lovelace", f"{result}")
    result = app.acquire_token_by_username_password(ada, "wrong", scopes)
    refused(result, "access_denied", "AADB2C90225")


@report.feature("custom-policy")
def _():
    app = application("B2C_1A_signup_signin")
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"] + "&campaign=spring")
    claims = tokens(app.acquire_token_by_auth_code_flow(flow, answer))["id_token_claims"]
    expect(claims["acr"] == "b2c_1a_signup_signin" and "tfp" not in claims, f"{claims}")
    expect(claims["campaign"] == "spring", f"{claims}")


@report.feature("second-factor")
def _():
    app = application("B2C_1_mfa")
    flow = app.initiate_auth_code_flow([SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    expect(visitor.sign_in(flow["auth_uri"]) is None, "a password was enough")
    code = visitor.text_of("phoneCode")
    answer = visitor.submit("phoneFactor", verificationCode=code, action="secondFactor")
    claims = tokens(app.acquire_token_by_auth_code_flow(flow, answer))["id_token_claims"]
    expect(claims["tfp"] == "B2C_1_mfa", f"{claims}")


CIAM = f"https://{setting('CIAM_HOST')}"
CIAM_SCOPE = setting("CIAM_SCOPE")


def customer_application(authority=CIAM + "/", secret=SECRET):
    return msal.ConfidentialClientApplication(
        CLIENT, authority=authority, client_credential=secret
    )


@report.feature("ciam-discovery")
def _():
    for path in ("", "/", f"/{setting('CIAM_TENANT')}", f"/{setting('CIAM_ID')}"):
        endpoint = customer_application(CIAM + path).authority.token_endpoint
        expect(endpoint.startswith(CIAM + "/"), endpoint)


@report.feature("ciam-code-flow")
def _():
    result = sign_in(customer_application(), scopes=[CIAM_SCOPE])
    claims, id = result["id_token_claims"], setting("CIAM_ID")
    expect(claims["iss"] == f"https://{id}.ciamlogin.com/{id}/v2.0", f"{claims}")
    expect(claims["tid"] == id and "tfp" not in claims, f"{claims}")


@report.feature("ciam-refresh")
def _():
    app = customer_application()
    first = sign_in(app, scopes=[CIAM_SCOPE])
    account = app.get_accounts()[0]
    oid = first["id_token_claims"]["oid"]
    expect(account["home_account_id"] == f"{oid}.{setting('CIAM_ID')}", f"{account}")
    wait_for_another_second()
    fresh = tokens(app.acquire_token_silent([CIAM_SCOPE], account, force_refresh=True))
    expect(fresh["access_token"] != first["access_token"], "the same token")


@report.feature("ciam-client-credentials")
def _():
    scope = CIAM_SCOPE.rsplit("/", 1)[0] + "/.default"
    result = tokens(customer_application().acquire_token_for_client([scope]))
    expect(claims_of(result["access_token"])["tid"] == setting("CIAM_ID"), "tid")


@report.feature("ciam-wrong-secret")
def _():
    scope = CIAM_SCOPE.rsplit("/", 1)[0] + "/.default"
    result = customer_application(secret="wrong").acquire_token_for_client([scope])
    refused(result, "invalid_client", "AADSTS7000215")
    expect(result["error_codes"] == [7000215], f"{result}")


CREDENTIALS = Path(setting("CREDENTIALS"))
KEY = (CREDENTIALS / "key.pem").read_text()


def certificate(name="certificate.pem"):
    """A certificate as MSAL wants it, found by its thumbprint."""
    der = ssl.PEM_cert_to_DER_cert((CREDENTIALS / name).read_text())
    return {"private_key": KEY, "thumbprint": hashlib.sha1(der).hexdigest()}


def own_scope(scope):
    return scope.rsplit("/", 1)[0] + "/.default"


@report.feature("ciam-certificate")
def _():
    app = customer_application(secret=certificate())
    sign_in(app, scopes=[CIAM_SCOPE])
    tokens(app.acquire_token_for_client([own_scope(CIAM_SCOPE)]))


@report.feature("ciam-sso")
def _():
    visitor, app = Visitor(REDIRECT), customer_application()
    sign_in(app, visitor, scopes=[CIAM_SCOPE])
    flow = app.initiate_auth_code_flow([CIAM_SCOPE], redirect_uri=REDIRECT)
    tokens(app.acquire_token_by_auth_code_flow(flow, visitor.open(flow["auth_uri"])))
    expect("ESTSAUTH" in visitor.session.cookies, f"{visitor.session.cookies}")


@report.feature("ciam-cancel")
def _():
    app = customer_application()
    flow = app.initiate_auth_code_flow([CIAM_SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    visitor.open(flow["auth_uri"])
    answer = visitor.submit(action="cancel")
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "access_denied", "AADSTS65004")


@report.feature("ciam-password-reset")
def _():
    app = customer_application()
    flow = app.initiate_auth_code_flow([CIAM_SCOPE], redirect_uri=REDIRECT)
    visitor = Visitor(REDIRECT)
    visitor.open(flow["auth_uri"])
    visitor.click("forgotPassword")
    visitor.submit("attributeVerification", email="ada@emulator.example")
    code = visitor.text_of("mailboxCode")
    visitor.submit("attributeVerification", verificationCode=code)
    # The old one, so that it is still good for what comes next.
    new = {"newPassword": "Passw0rd!", "reenterPassword": "Passw0rd!"}
    answer = visitor.submit("attributeVerification", **new)
    tokens(app.acquire_token_by_auth_code_flow(flow, answer))


@report.feature("ciam-revoked")
def _():
    app = customer_application()
    sign_in(app, scopes=[CIAM_SCOPE])
    account = app.get_accounts()[0]
    command("revoke-customer")
    result = app.acquire_token_silent_with_error([CIAM_SCOPE], account, force_refresh=True)
    refused(result, "invalid_grant", "AADSTS50173")


ENTRA = "https://login.microsoftonline.com"
ENTRA_API = setting("ENTRA_API")
ENTRA_SCOPE = f"api://{ENTRA_API}/demo.read"


def work_application(secret=SECRET, client=CLIENT, segment=setting("ENTRA_TENANT")):
    return msal.ConfidentialClientApplication(
        client, authority=f"{ENTRA}/{segment}", client_credential=secret
    )


@report.feature("entra-code-flow")
def _():
    app = work_application()
    claims = sign_in(app, scopes=[ENTRA_SCOPE])["id_token_claims"]
    id = setting("ENTRA_ID")
    expect(claims["iss"] == f"{ENTRA}/{id}/v2.0" and claims["tid"] == id, f"{claims}")
    home = f"{claims['oid']}.{id}"
    expect(app.get_accounts()[0]["home_account_id"] == home, f"{app.get_accounts()}")


@report.feature("entra-refresh")
def _():
    app = work_application()
    first = sign_in(app, scopes=[ENTRA_SCOPE])
    account = app.get_accounts()[0]
    wait_for_another_second()
    fresh = tokens(app.acquire_token_silent([ENTRA_SCOPE], account, force_refresh=True))
    expect(fresh["access_token"] != first["access_token"], "the same token")
    # Refresh tokens are of no single resource.
    graph = tokens(app.acquire_token_silent(["User.Read"], account))
    expect(claims_of(graph["access_token"])["scp"].startswith("User.Read"), f"{graph}")


@report.feature("entra-prompt-none")
def _():
    app = work_application()
    flow = app.initiate_auth_code_flow([ENTRA_SCOPE], redirect_uri=REDIRECT, prompt="none")
    answer = Visitor(REDIRECT).open(flow["auth_uri"])
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "login_required", "AADSTS50058")


@report.feature("entra-code-twice")
def _():
    app = work_application()
    flow = app.initiate_auth_code_flow([ENTRA_SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).sign_in(flow["auth_uri"])
    tokens(app.acquire_token_by_auth_code_flow(flow, answer))
    result = app.acquire_token_by_auth_code_flow(flow, answer)
    refused(result, "invalid_grant", "AADSTS54005")


@report.feature("entra-client-credentials")
def _():
    result = tokens(work_application().acquire_token_for_client([own_scope(ENTRA_SCOPE)]))
    claims = claims_of(result["access_token"])
    expect(claims["roles"] == ["demo.app"] and claims["azpacr"] == "1", f"{claims}")


@report.feature("entra-certificate")
def _():
    app = work_application(certificate())
    sign_in(app, scopes=[ENTRA_SCOPE])
    result = tokens(app.acquire_token_for_client([own_scope(ENTRA_SCOPE)]))
    expect(claims_of(result["access_token"])["azpacr"] == "2", "azpacr")


@report.feature("entra-wrong-certificate")
def _():
    app = work_application(certificate("stranger.pem"))
    result = app.acquire_token_for_client([own_scope(ENTRA_SCOPE)])
    refused(result, "invalid_client", "AADSTS700027")


@report.feature("entra-federated")
def _():
    claims = {
        "iss": "https://issuer.example",
        "sub": "system:serviceaccount:shop:orders",
        "aud": "api://AzureADTokenExchange",
        "exp": int(time.time()) + 300,
    }
    token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "workload"})
    app = work_application({"client_assertion": token})
    tokens(app.acquire_token_for_client([own_scope(ENTRA_SCOPE)]))


@report.feature("entra-obo")
def _():
    user = sign_in(work_application(), scopes=[ENTRA_SCOPE])
    for secret in ("the secret of the api", certificate()):
        api = work_application(secret, client=ENTRA_API)
        result = api.acquire_token_on_behalf_of(user["access_token"], ["User.Read"])
        claims = claims_of(tokens(result)["access_token"])
        expect(claims["azp"] == ENTRA_API and claims["name"] == "Ada Lovelace", f"{claims}")


@report.feature("entra-common")
def _():
    app = work_application(client=setting("ENTRA_SHARED_CLIENT"), segment="common")
    for name, tenant in (
        ("ada@emulator.example", setting("ENTRA_ID")),
        ("joan@woodgrove.example", setting("ENTRA_OTHER_ID")),
    ):
        flow = app.initiate_auth_code_flow([ENTRA_SCOPE], redirect_uri=REDIRECT)
        answer = Visitor(REDIRECT).sign_in(flow["auth_uri"], name=name)
        claims = tokens(app.acquire_token_by_auth_code_flow(flow, answer))["id_token_claims"]
        expect(claims["iss"] == f"{ENTRA}/{tenant}/v2.0", f"{claims}")
        account = app.get_accounts(name)[0]
        wait_for_another_second()
        tokens(app.acquire_token_silent([ENTRA_SCOPE], account, force_refresh=True))


@report.feature("entra-common-single")
def _():
    app = work_application(segment="common")
    flow = app.initiate_auth_code_flow([ENTRA_SCOPE], redirect_uri=REDIRECT)
    answer = Visitor(REDIRECT).open(flow["auth_uri"])
    refused(app.acquire_token_by_auth_code_flow(flow, answer), "invalid_request", "AADSTS50194")


report.write()
