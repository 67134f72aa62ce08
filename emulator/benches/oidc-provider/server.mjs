// npm oidc-provider as its documentation starts it, with its development interactions.

import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: "measured",
      client_secret: "measured-secret",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  cookies: { keys: ["only for this measurement"] },
});

provider.listen(Number(port), "127.0.0.1");
