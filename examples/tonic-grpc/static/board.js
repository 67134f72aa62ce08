// gRPC-Web by hand (grpc/doc/PROTOCOL-WEB.md): a frame is a byte of flags, four bytes of length, and
// a message of Protocol Buffers, or the trailers where the highest bit of the flags is set.

/** What the service, or the layer before it, answers with in place of a message. */
class Refused extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

async function call(method, message) {
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  const response = await fetch(`/notes.v1.Notes/${method}`, {
    method: "POST",
    headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
    body: frame,
  });
  const { messages, trailers } = frames(new Uint8Array(await response.arrayBuffer()));
  // An answer of a status alone has it among its headers.
  const told = (name) => trailers.get(name) ?? response.headers.get(name);
  const code = Number(told("grpc-status") ?? 2);
  if (code !== 0) throw new Refused(code, decodeURIComponent(told("grpc-message") ?? ""));
  return messages[0] ?? new Uint8Array();
}

function frames(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const messages = [];
  const trailers = new Map();
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + view.getUint32(at + 1);
    const part = bytes.subarray(at + 5, end);
    if (bytes[at] & 0x80) {
      for (const line of new TextDecoder().decode(part).split("\r\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) trailers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
      }
    } else {
      messages.push(part);
    }
    at = end;
  }
  return { messages, trailers };
}

/** A length as Protocol Buffers have it: seven bits a byte, the lowest first. */
function varint(number) {
  const bytes = [];
  for (; number > 0x7f; number >>>= 7) bytes.push((number & 0x7f) | 0x80);
  return [...bytes, number];
}

function text(field, value) {
  const bytes = new TextEncoder().encode(value);
  return Uint8Array.from([(field << 3) | 2, ...varint(bytes.length), ...bytes]);
}

/** The fields of a message, all of which have a length here: pairs of number and bytes. */
function* fields(bytes) {
  for (let at = 0; at < bytes.length; ) {
    const field = bytes[at++] >> 3;
    let length = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      byte = bytes[at++];
      length |= (byte & 0x7f) << shift;
    }
    yield [field, bytes.subarray(at, at + length)];
    at += length;
  }
}

function note(bytes) {
  const found = [...fields(bytes)].find(([field]) => field === 2);
  return found ? new TextDecoder().decode(found[1]) : "";
}

async function list() {
  const reply = await call("List", new Uint8Array());
  return [...fields(reply)].map(([, bytes]) => note(bytes));
}

const element = (id) => document.getElementById(id);

async function show() {
  const notes = await list();
  element("notes").replaceChildren(
    ...notes.map((words) => Object.assign(document.createElement("li"), { textContent: words })),
  );
  element("empty").hidden = notes.length > 0;
}

/** Runs what a person asked for; says what came in its way. */
async function attempt(action) {
  const problem = element("problem");
  problem.hidden = true;
  try {
    await action();
  } catch (error) {
    const again = Object.assign(document.createElement("a"), { href: "/board", textContent: "Sign in again" });
    const known = { 7: "This is not permitted (status 7).", 16: "You are signed out (status 16). " };
    const words = known[error.code] ?? `This did not work (${error.code ?? error.message}).`;
    // Whoever sits here now may be somebody else.
    if (error.code === 16) element("notes").replaceChildren();
    problem.replaceChildren(words, ...(error.code === 16 ? [again] : []));
    problem.hidden = false;
  }
}

element("refresh").addEventListener("click", () => attempt(show));
element("write").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    await call("Write", text(1, element("text").value));
    event.target.reset();
    await show();
  });
});
attempt(show);
