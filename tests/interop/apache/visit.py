"""Visits a page that mod_auth_openidc protects. Apache runs already."""

from urllib.parse import parse_qsl, quote, urlsplit

import requests

from witness import Report, Visitor, command, expect, setting, wait_for_another_second

SITE = setting("SITE")
PROTECTED = SITE + "/protected/"
ENTRY = SITE + "/redirect_uri"
SIGN_IN = "B2C_1_signupsignin1"

report = Report()


class Caller(Visitor):
    """Goes on into the application, which is real here."""

    def is_inside(self):
        return self.page.startswith("inside")

    def session_of(self):
        """What mod_auth_openidc knows of the session."""
        return self.session.get(ENTRY + "?info=json").json()


def signed_in(visitor=None, path=PROTECTED):
    visitor = visitor or Caller()
    visitor.sign_in(path)
    expect(visitor.is_inside(), visitor.page[:1500])
    return visitor


@report.feature("discovery")
def _():
    visitor = Caller()
    visitor.open(PROTECTED)
    here = f"{setting('BASE')}/{setting('TENANT')}/{SIGN_IN}/".lower()
    expect(visitor.url.startswith(here), visitor.url)
    asked = dict(parse_qsl(urlsplit(visitor.url).query))
    expect(asked["code_challenge_method"] == "S256" and asked["nonce"], f"{asked}")


@report.feature("code-flow")
def _():
    claims = signed_in().session_of()["id_token"]
    expect(claims["name"] == "Ada Lovelace", f"{claims}")
    expect(claims["tfp"].lower() == SIGN_IN.lower(), f"{claims}")


@report.feature("signature")
def _():
    # It checks every ID token with the keys of the metadata; there is no switch.
    signed_in()


@report.feature("api-token")
def _():
    token = signed_in().session_of()["access_token"]
    headers = {"Authorization": "Bearer " + token}
    answer = requests.get(setting("BASE") + "/api/me", headers=headers)
    expect(answer.status_code == 200, answer.text)


@report.feature("refresh")
def _():
    visitor = signed_in()
    before = visitor.session_of()["access_token"]
    wait_for_another_second()
    visitor.open(f"{ENTRY}?refresh={quote(PROTECTED, safe='')}&access_token={before}")
    expect(visitor.is_inside(), f"{visitor.url} {visitor.page[:500]}")
    after = visitor.session_of()["access_token"]
    expect(after != before, "the same token")


@report.feature("sso")
def _():
    visitor = signed_in()
    visitor.session.cookies.clear("localhost.local", "/", "mod_auth_openidc_session")
    visitor.open(PROTECTED)
    expect(visitor.is_inside(), visitor.page[:500])


@report.feature("cancel")
def _():
    visitor = Caller()
    visitor.open(PROTECTED)
    visitor.submit(action="cancel")
    expect("AADB2C90091" in visitor.page, visitor.page[:1500])


@report.feature("forgot-password")
def _():
    visitor = Caller()
    visitor.open(PROTECTED)
    visitor.click("forgotPassword")
    expect("AADB2C90118" in visitor.page, visitor.page[:1500])


@report.feature("sign-out")
def _():
    visitor = signed_in()
    visitor.open(f"{ENTRY}?logout={quote(SITE + '/public/', safe='')}")
    expect(visitor.page.startswith("outside"), f"{visitor.url} {visitor.page[:500]}")
    visitor.open(PROTECTED)
    expect("localAccountForm" in visitor.page, "still signed in")


@report.feature("key-rollover")
def _():
    signed_in()
    command("rotate-signing-key")
    signed_in()


report.write()
