//! The tenant and its secrets, which stay where git does not look and others do not read.

use super::existing::Existing;

#[test]
fn a_tenant_is_set_as_for_tenant_set() {
    let shop = Existing::axum();
    shop.says(&[
        "add",
        "--no-check",
        "--kind",
        "external-id",
        "--tenant",
        "fabrikam",
        "--client-id",
        "11110000-aaaa-2222-bbbb-3333cccc4444",
    ]);
    let settings = shop.read("b2c.toml");
    assert!(
        settings.contains("active_profile = \"tenant\""),
        "{settings}"
    );
    assert!(settings.contains("tenant = \"fabrikam\""), "{settings}");
    let own = settings
        .split_once("[profile.tenant.provider]")
        .expect("the profile")
        .1;
    assert!(
        own.contains("kind = \"external-id\"") && !own.contains("user_flows"),
        "{own}"
    );
    // And what is set can be set anew.
    shop.says(&["tenant", "set", "--tenant", "contoso"]);
    assert!(shop.read("b2c.toml").contains("tenant = \"contoso\""));
    let said = shop.says(&["update", "--check"]);
    assert!(said.contains("Nothing to change."), "{said}");

    let shop = Existing::axum();
    shop.says(&["add", "--no-check", "--emulator", "--tenant", "contoso"]);
    assert!(
        shop.read("b2c.toml")
            .contains("active_profile = \"emulator\"")
    );
    // It is not dropped where there are settings already.
    let before = shop.read("b2c.toml");
    let output = shop.run(&["add", "--no-check", "--tenant", "fabrikam"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stderr).contains("tenant set"));
    assert_eq!(shop.read("b2c.toml"), before);
}

#[test]
fn secrets_never_get_where_git_looks() {
    let shop = Existing::axum();
    shop.git(&["init", "-q"]);
    shop.write(".gitignore", "/target");
    shop.says(&["add", "--no-check"]);
    assert_eq!(shop.read(".gitignore"), "/target\n/.env\n");

    let shop = Existing::axum();
    shop.git(&["init", "-q"]);
    shop.write(".env", "MINE=1\n");
    shop.git(&["add", ".env"]);
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("git rm --cached .env"), "{said}");

    let said = Existing::axum().refuses(&["add", "--no-check", "--client-secret", "x"], 5);
    assert!(said.contains("--client-secret-stdin"), "{said}");
}

#[cfg(unix)]
#[test]
fn secrets_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Existing::axum();
    shop.write(".env", "MINE=1\n");
    shop.says(&["add", "--no-check"]);
    let mode = std::fs::metadata(shop.root().join(".env"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = shop.read(".env");
    assert!(text.starts_with("MINE=1\n"), "{text}");
    assert!(text.contains("B2C_COOKIE_KEY="), "{text}");
    let diff = Existing::axum().says(&["add", "--no-check", "--diff"]);
    assert!(diff.contains("pub(crate) fn layer()"), "{diff}");
    let base: Vec<_> = diff
        .lines()
        .filter(|line| line.contains(".b2c/base.txt"))
        .collect();
    assert!(
        matches!(&base[..], [only] if only.starts_with("# create .b2c/base.txt: ")),
        "{base:?}"
    );
    let once = diff.matches("pub(crate) fn layer()").count();
    assert_eq!(once, 1, "a copy of each file is not shown beside it");
    let mut keys = diff.split("B2C_COOKIE_KEY=").skip(1);
    assert!(keys.all(|rest| rest.starts_with('\n')), "{diff}");
}
