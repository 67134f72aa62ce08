// Who is signed in, as the server tells it. The session itself is in a cookie that no script can read.

/** `{ signed_in, claims, expires_in, sign_in, sign_out }`. Asking does not keep a session alive. */
export async function session() {
  const answer = await fetch("/session", { headers: { "x-csrf": "1" } });
  if (!answer.ok) {
    throw new Error(`The server does not say who is signed in (${answer.status}).`);
  }
  return answer.json();
}

/** The address that leads through the sign-in and back to this very page. */
export function signInAddress(address) {
  const url = new URL(address, location.origin);
  url.searchParams.set("return_to", location.pathname + location.search);
  return url;
}

/** Calls back when the session has ended: its time is over, or somebody signed out in another tab. */
export function onceEnded({ expires_in: seconds }, ended) {
  let timer;
  const look = async () => {
    clearTimeout(timer);
    const now = await session().catch(() => null);
    if (now?.signed_in === false) {
      document.removeEventListener("visibilitychange", lookIfSeen);
      ended();
    } else {
      // Used meanwhile, or not reachable: later again.
      clearTimeout(timer);
      timer = setTimeout(look, wait(now?.expires_in ?? 60));
    }
  };
  const lookIfSeen = () => document.visibilityState === "visible" && look();
  const wait = (left) => Math.min(left + 1, LONGEST_WAIT) * 1000;
  document.addEventListener("visibilitychange", lookIfSeen);
  timer = setTimeout(look, wait(seconds));
}

const LONGEST_WAIT = 24 * 60 * 60;
