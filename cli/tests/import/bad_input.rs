//! Files that are no configurations, or damaged, or made to do harm.

use std::fmt::Write;

use crate::support::Sandbox;

const PYTHON: &str = "b2c_tenant = 'contoso'\nsignupsignin_user_flow = 'B2C_1_susi'\n\
                      CLIENT_ID = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'\n";

/// A file's name, its bytes, what the error says.
fn bad_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = |open: &str| format!("A = {}", open.repeat(100_000)).into_bytes();
    let mut growing = String::from("a0 = 'xxxxxxxxxxxxxxxx'\n");
    for index in 0..60 {
        let _ = writeln!(growing, "a{} = a{index} + a{index}", index + 1);
    }
    growing.push_str("CLIENT_ID = a60\n");
    let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for index in 0..20 {
        let before = format!("*a{index}, ").repeat(10);
        let _ = writeln!(aliases, "a{0}: &a{0} [{before}]", index + 1);
    }
    vec![
        ("huge.env", vec![b'#'; 1024 * 1024 + 1], "larger than 1 MiB"),
        ("latin.env", b"NAME=caf\xe9\n".to_vec(), "not text"),
        ("image.py", b"\x89PNG\0\0".to_vec(), "not text"),
        ("empty.py", Vec::new(), "nothing was found"),
        (
            "a.py",
            b"A = 'x\n".to_vec(),
            "a.py:1:5: a text that does not end",
        ),
        (
            "b.py",
            b"A = ('x'\n".to_vec(),
            "b.py:1:5: a bracket that is not closed",
        ),
        (
            "c.py",
            b"A = 'x' 5\n".to_vec(),
            "c.py:1:9: the line goes on",
        ),
        ("d.py", b"A =\n".to_vec(), "d.py:1:4: a value is missing"),
        (
            "e.json",
            b"{\n  \"a\": 1\n  \"b\": 2\n}\n".to_vec(),
            "e.json:3:3: a comma or }",
        ),
        ("f.json", b"[]".to_vec(), "f.json:1:1: a { is missing"),
        ("g.json", b"{} x".to_vec(), "g.json:1:4: text after the end"),
        (
            "h.js",
            b"const a = {\n  b: 'c',\n".to_vec(),
            "h.js:1:11: a { that is not closed",
        ),
        (
            "i.js",
            b"const a = `${b`;".to_vec(),
            "i.js:1:14: an expression that does not end",
        ),
        (
            "j.js",
            b"/* a".to_vec(),
            "j.js:1:1: a comment that does not end",
        ),
        (
            "k.env",
            b"A='x\n".to_vec(),
            "k.env:1:3: a text that does not end",
        ),
        ("l.env", b"no variable\n".to_vec(), "l.env:1:1: no variable"),
        (
            "m.env",
            b"A='x' y\n".to_vec(),
            "m.env:1:7: the line goes on",
        ),
        (
            "n.env",
            b"A=${B}\nB=${C}\nC=${A}\n".to_vec(),
            "refers to itself",
        ),
        ("o.properties", b"a=${a}\n".to_vec(), "a refers to itself"),
        ("p.yml", b"a: [1\nb: 2\n".to_vec(), "p.yml:"),
        ("q.yml", aliases.into_bytes(), "larger or deeper"),
        ("r.cfg", b"client_id = \"a\nb = 1\n".to_vec(), "r.cfg:1:"),
        ("s.py", deep("("), "nested deeper"),
        ("t.js", deep("["), "nested deeper"),
        (
            "u.yml",
            [b"a: ".to_vec(), b"[".repeat(5_000)].concat(),
            "u.yml:",
        ),
        ("v.py", growing.into_bytes(), "longer than any setting"),
        (
            "w.txt",
            b"CLIENT_ID=a\n".to_vec(),
            "no configuration that import knows",
        ),
    ]
}

#[test]
fn what_cannot_be_understood_is_said_with_its_place_and_nothing_is_written() {
    let sandbox = Sandbox::with_project();
    let before = sandbox.read("demo/b2c.toml");
    for (name, bytes, expected) in bad_files() {
        sandbox.write(name, bytes);
        let ended = sandbox.import(&[name, "--into", "demo"]);
        assert_eq!(ended.code, Some(8), "{name}: {}", ended.said());
        assert!(ended.stderr.contains(expected), "{name}: {}", ended.stderr);
        assert!(ended.stderr.len() < 4_000, "{name} is told at length");
    }
    assert_eq!(sandbox.read("demo/b2c.toml"), before);
}

#[test]
fn encodings_and_line_endings_of_windows_are_read() {
    let sandbox = Sandbox::new();
    sandbox.write("plain.py", PYTHON);
    let settings = |name: &str| {
        let ended = sandbox.import(&[name]);
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.said());
        ended.stdout.replace(name, "")
    };
    let plain = settings("plain.py");
    let windows = PYTHON.replace('\n', "\r\n");
    let utf_16 = windows.encode_utf16().flat_map(u16::to_le_bytes);
    sandbox.write(
        "utf_16.py",
        [0xff, 0xfe].into_iter().chain(utf_16).collect::<Vec<_>>(),
    );
    sandbox.write("marked.py", format!("\u{feff}{windows}"));
    for name in ["utf_16.py", "marked.py"] {
        assert_eq!(settings(name), plain, "{name}");
    }
}

#[test]
fn nothing_in_a_file_is_run() {
    let sandbox = Sandbox::new();
    let code = "import os\nos.system('touch ran')\nCLIENT_ID = os.popen('touch ran').read()\n\
                TENANT_NAME = __import__('os').system('touch ran')\nb2c_tenant = 'contoso'\n";
    sandbox.write("app_config.py", code);
    let script = "require('fs').writeFileSync('ran', '');\nconst config = { auth: {\n\
                  clientId: (() => { require('fs').writeFileSync('ran', ''); return 'a'; })(),\n\
                  authority: 'https://contoso.ciamlogin.com/' } };\n";
    sandbox.write("authConfig.js", script);
    let ended = sandbox.import(&["app_config.py"]);
    assert!(
        ended.stdout.contains("CLIENT_ID: only the running program"),
        "{}",
        ended.said()
    );
    let ended = sandbox.import(&["authConfig.js"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(!sandbox.path("ran").exists());
}
