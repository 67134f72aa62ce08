"""Words that the witnesses in Python are written in."""

import html
import json
import os
import re
import sys
import time
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests


def setting(name):
    """What the test says about the emulator."""
    return os.environ["WITNESS_" + name]


class Report:
    """What was witnessed: a feature is "ok", or has a message."""

    def __init__(self):
        self.results = {}

    def feature(self, name):
        """Runs a function at once and notes how it went."""

        def run(witness):
            try:
                witness()
                self.results[name] = "ok"
            except Exception as error:  # whatever it is, it is the finding
                self.results[name] = f"{type(error).__name__}: {error}"
            return witness

        return run

    def write(self):
        print("report:", json.dumps(self.results), flush=True)


def command(name):
    """Lets the test do something to the emulator."""
    print("do:", name, flush=True)
    sys.stdin.readline()


def wait_for_another_second():
    """Tokens of one second are the same: nothing in them but the time would differ."""
    time.sleep(1.1)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


class Visitor:
    """A browser without JavaScript, which stops where the application would be asked."""

    def __init__(self, *application):
        self.session = requests.Session()
        self.application = application
        self.page = self.url = None

    def open(self, url):
        """Returns the parameters that the application gets, or None for a page."""
        return self._follow(self.session.get(url, allow_redirects=False))

    def submit(self, form="localAccountForm", **fields):
        """Fills in a form and sends it."""
        found = re.search(rf'<form id="{form}".*?</form>', self.page, re.S)
        expect(found, f"no form {form} at {self.url}: {self.page[:500]}")
        source = found.group()
        hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', source))
        hidden = {name: html.unescape(value) for name, value in hidden.items()}
        action = html.unescape(re.search(r'action="([^"]+)"', source).group(1))
        answer = self.session.post(
            urljoin(self.url, action), data={**hidden, **fields}, allow_redirects=False
        )
        return self._follow(answer)

    def click(self, element):
        """Follows a link, found by its id."""
        link = re.search(rf'<a id="{element}" href="([^"]+)"', self.page)
        expect(link, f"no link {element} at {self.url}")
        return self.open(urljoin(self.url, html.unescape(link.group(1))))

    def edit_profile(self):
        """Sends the page to edit a profile with everything filled in."""
        profile = {"displayName": "Ada Lovelace", "givenName": "Ada", "surname": "Lovelace"}
        place = {"city": "London", "country": "United Kingdom"}
        return self.submit("attributeVerification", **profile, **place)

    def text_of(self, element):
        """What an element says, found by its id."""
        found = re.search(rf'id="{element}">([^<]*)<', self.page)
        expect(found, f"no {element} at {self.url}")
        return html.unescape(found.group(1))

    def sign_in(self, url, password="Passw0rd!", name="ada@emulator.example"):
        """Signs Ada, or somebody else, in with a password."""
        answer = self.open(url)
        expect(answer is None, f"no sign-in page, but {answer}")
        return self.submit(signInName=name, password=password)

    def _follow(self, answer):
        for _ in range(10):
            if not answer.is_redirect:
                break
            self.url = urljoin(answer.url, answer.headers["location"])
            if self.url.startswith(self.application):
                return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
            answer = self.session.get(self.url, allow_redirects=False)
        self.url, self.page = answer.url, answer.text
        return self._posted()

    def posts_itself(self):
        """Where the page would send itself to, if it is a form_post answer."""
        form = re.search(r"<form id='auto' method='post' action='([^']+)'", self.page)
        return html.unescape(form.group(1)) if form else None

    def send_form_post(self):
        """Does what the page's script would do."""
        answer = self.session.post(
            self.posts_itself(), data=self._fields(), allow_redirects=False
        )
        return self._follow(answer)

    def _posted(self):
        target = self.posts_itself()
        return self._fields() if target and target.startswith(self.application) else None

    def _fields(self):
        fields = re.findall(r"name='([^']+)' id='[^']+' value='([^']*)'", self.page)
        return {name: html.unescape(value) for name, value in fields}
