"""identity: what Microsoft's samples for Flask and Django sign in with."""

import identity.web

from witness import Report, Visitor, expect, setting, wait_for_another_second

BASE, TENANT, REDIRECT = setting("BASE"), setting("TENANT"), setting("REDIRECT")
SCOPE = setting("SCOPE")
SIGN_IN, EDIT = "B2C_1_signupsignin1", "B2C_1_profileediting1"

report = Report()


def helper(session, policy=SIGN_IN, base=BASE):
    return identity.web.Auth(
        session=session,
        authority=f"{base}/{TENANT}/{policy}",
        client_id=setting("CLIENT"),
        client_credential=setting("SECRET"),
    )


def sign_in(auth, visitor=None, scopes=(SCOPE,)):
    begun = auth.log_in(scopes=list(scopes), redirect_uri=REDIRECT, next_link="/next")
    answer = (visitor or Visitor(REDIRECT)).sign_in(begun["auth_uri"])
    result = auth.complete_log_in(answer)
    expect(result == {"next_link": "/next"}, f"{result}")


@report.feature("code-flow")
def _():
    auth = helper({})
    sign_in(auth)
    expect(auth.get_user()["name"] == "Ada Lovelace", f"{auth.get_user()}")


@report.feature("host")
def _():
    auth = helper({}, base=f"https://{setting('B2C_HOST')}")
    sign_in(auth)
    expect(auth.get_user()["iss"].startswith(f"https://{setting('B2C_HOST')}/"), "issuer")


@report.feature("scope-echo")
def _():
    # It refuses a sign-in whose answer does not list every scope that it asked for.
    sign_in(helper({}))


@report.feature("refresh")
def _():
    session = {}
    auth = helper(session)
    sign_in(auth)
    expect(auth.get_token_for_user([SCOPE])["access_token"], "no token")
    before = auth.get_user()
    session["_logged_in_user"] = {**before, "exp": 0}
    wait_for_another_second()
    after = auth.get_user()
    expect(after and after["exp"] > before["exp"], "the ID token was not renewed")
    expect(after["sub"] == before["sub"], "another subject")


@report.feature("profile-edit")
def _():
    session, visitor = {}, Visitor(REDIRECT)
    sign_in(helper(session), visitor)
    auth = helper(session, EDIT)
    begun = auth.log_in(scopes=[], redirect_uri=REDIRECT)
    expect(visitor.open(begun["auth_uri"]) is None, "no page to edit")
    result = auth.complete_log_in(visitor.edit_profile())
    expect("error" not in result and auth.get_user()["tfp"].lower() == EDIT.lower(), f"{result}")


@report.feature("cancel")
def _():
    auth = helper({})
    visitor = Visitor(REDIRECT)
    visitor.open(auth.log_in(scopes=[SCOPE], redirect_uri=REDIRECT)["auth_uri"])
    result = auth.complete_log_in(visitor.submit(action="cancel"))
    expect(result["error"] == "access_denied", f"{result}")
    expect(result["error_description"].startswith("AADB2C90091:"), f"{result}")


@report.feature("forgot-password")
def _():
    auth = helper({})
    visitor = Visitor(REDIRECT)
    visitor.open(auth.log_in(scopes=[SCOPE], redirect_uri=REDIRECT)["auth_uri"])
    result = auth.complete_log_in(visitor.click("forgotPassword"))
    expect(result["error_description"].startswith("AADB2C90118:"), f"{result}")


@report.feature("client-credentials")
def _():
    scope = SCOPE.rsplit("/", 1)[0] + "/.default"
    result = helper({}).get_token_for_client([scope])
    expect("access_token" in result, f"{result}")


@report.feature("sign-out")
def _():
    # It asks the metadata of protocol version 1 and appends the address as it is.
    auth, visitor = helper({}), Visitor(REDIRECT)
    sign_in(auth, visitor)
    url = auth.log_out(REDIRECT)
    expect(f"/{SIGN_IN.lower()}/oauth2/logout?" in url, url)
    expect(visitor.open(url) is not None, "not sent back")
    expect(auth.get_user() is None, "still known")
    begun = auth.log_in(scopes=[SCOPE], redirect_uri=REDIRECT)
    expect(visitor.open(begun["auth_uri"]) is None, "still signed in")


report.write()
