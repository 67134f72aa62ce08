use std::path::Path;

/// How to trust a certificate file, per operating system and per runtime.
pub(super) fn instructions(certificate: &Path) -> String {
    TEXT.replace("{ca}", &certificate.display().to_string())
}

const TEXT: &str = r#"The emulator's certificate authority is in

    {ca}

Its private key lies beside it. Trust it on development machines only.

One program, for as long as its terminal lives
  Python (requests, MSAL)   export REQUESTS_CA_BUNDLE="{ca}"
  Python (ssl, httpx), Go, Ruby, OpenSSL
                            export SSL_CERT_FILE="{ca}"
  Node.js                   export NODE_EXTRA_CA_CERTS="{ca}"
  curl                      curl --cacert "{ca}" …
  Rust (reqwest, rustls-native-certs)
                            export SSL_CERT_FILE="{ca}"
  .NET on Linux             export SSL_CERT_FILE="{ca}"
                            (elsewhere .NET asks the operating system, see below)
  Java                      keytool -importcert -noprompt -alias b2c-emulator \
                              -file "{ca}" \
                              -keystore b2c-emulator.p12 -storetype PKCS12 -storepass changeit
                            java -Djavax.net.ssl.trustStore=b2c-emulator.p12 \
                              -Djavax.net.ssl.trustStorePassword=changeit …
In PowerShell, `$env:NAME = "{ca}"` is what `export NAME="{ca}"` is here.
REQUESTS_CA_BUNDLE and SSL_CERT_FILE replace the usual authorities, so unset them for programs
that also talk to the internet.

The whole machine
  Debian, Ubuntu, Alpine    sudo cp "{ca}" /usr/local/share/ca-certificates/b2c-emulator.crt
                            sudo update-ca-certificates
  Fedora, RHEL              sudo trust anchor "{ca}"
  Arch Linux                sudo trust anchor "{ca}"
  openSUSE                  sudo cp "{ca}" /etc/pki/trust/anchors/b2c-emulator.pem
                            sudo update-ca-certificates
  macOS                     security add-trusted-cert -r trustRoot \
                              -k ~/Library/Keychains/login.keychain-db "{ca}"
  Windows                   certutil -user -addstore Root "{ca}"
  Java                      keytool -importcert -noprompt -cacerts -storepass changeit \
                              -alias b2c-emulator -file "{ca}"

Browsers
  Chrome, Chromium, Edge on Linux (NSS; certutil is in libnss3-tools or nss-tools)
                            certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n b2c-emulator -i "{ca}"
  Chrome, Edge, Safari on macOS and Windows
                            use what the whole machine trusts
  Firefox                   Settings, Privacy & Security, View Certificates, Authorities, Import;
                            or set security.enterprise_roots.enabled on macOS and Windows

To take the trust back, delete what was added, then the directory of the file above.
"#;
