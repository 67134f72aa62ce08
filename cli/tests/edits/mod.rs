//! Edits at random: people's, and those of a template that goes on.

use std::fs;
use std::path::Path;

use cargo_b2c_init::File;
use proptest::prelude::*;

/// One edit: of which file, what, and where.
pub(crate) type Edit = (usize, usize, u16, u16);

/// Any edit.
pub(crate) fn any() -> impl Strategy<Value = Edit> {
    (0..FILES.len(), 0..9_usize, any_place(), any_place())
}

/// Edits a file as a person would; what is written new has [`OWN`] in it.
pub(crate) fn edit(root: &Path, edit: &Edit) {
    let path = root.join(FILES[edit.0]);
    let Ok(text) = fs::read_to_string(&path) else {
        return;
    };
    if edit.1 == REMOVE_FILE {
        // Rare, and never what somebody wrote into.
        if edit.2.is_multiple_of(4) && !text.contains(OWN) && FILES[edit.0] != "b2c.toml" {
            fs::remove_file(path).expect("removed");
        }
        return;
    }
    let windows = text.contains("\r\n");
    let text = changed(&text.replace("\r\n", "\n"), FILES[edit.0], edit, OWN);
    let text = match (windows, edit.1) {
        (true, _) | (_, TO_WINDOWS) => text.replace('\n', "\r\n"),
        _ => text,
    };
    fs::write(path, text).expect("written");
}

/// The files of a template that went on.
pub(crate) fn improve(mut files: Vec<File>, edits: &[Edit]) -> Vec<File> {
    for edit in edits {
        let path = FILES[edit.0];
        if edit.1 == REMOVE_FILE {
            if path != "b2c.toml" && edit.2.is_multiple_of(4) {
                files.retain(|file| file.path() != path);
            } else {
                files.retain(|file| file.path() != "src/new.rs");
                files.push(File::new("src/new.rs", "// A new file.\n"));
            }
            continue;
        }
        for file in &mut files {
            if file.path() == path {
                let text = changed(file.contents(), path, edit, THEIRS);
                *file = File::new(path, text);
            }
        }
    }
    files
}

/// The words of people's in a text.
pub(crate) fn own_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.starts_with(OWN))
}

/// What every word of people's begins with.
pub(crate) const OWN: &str = "ownedword";

fn any_place() -> impl Strategy<Value = u16> {
    // Often near the top, where edits meet.
    prop_oneof![0..u16::MAX, 0..12_u16]
}

fn changed(original: &str, path: &str, (_, kind, place, number): &Edit, word: &str) -> String {
    let mut lines: Vec<String> = original.lines().map(str::to_owned).collect();
    let word = format!("{word}{number}");
    let extension = path.rsplit('.').next().unwrap_or_default();
    let (is_toml, is_rust) = (extension == "toml", extension == "rs");
    let comment = if is_rust { "//" } else { "#" };
    let at = usize::from(*place) % lines.len().max(1);
    let is_setting = |line: &String| line.contains(" = ") && !line.starts_with('#');
    let setting = (0..lines.len()).cycle().skip(at).take(lines.len());
    let setting = { setting }.find(|index| is_setting(&lines[*index]));
    match (kind, setting) {
        (0, _) => lines.insert(at, format!("{comment} {word}")),
        (1, _) => lines.insert(at, String::new()),
        (2, Some(index)) if is_toml => lines[index].extend([" # ", &word]),
        (3, Some(index)) if is_toml => lines.insert(index, format!("{word} = {number}")),
        (4, Some(index)) if is_toml => drop(lines.remove(index)),
        (5, Some(index)) if is_toml => lines[index] = lines[index].replacen(" = ", "=", 1),
        (6, Some(index)) if is_toml => change_value(&mut lines[index], &word),
        (7, _) if is_toml => move_section(&mut lines, at),
        (4, _) if is_rust => lines[at].extend([" // ", &word]),
        (6, _) if is_rust => lines.push(format!("const {word}: u8 = 1;")),
        (6, _) if path.ends_with("example") => lines.push(format!("{word}={number}")),
        _ => {}
    }
    let mut text = lines.join("\n");
    text.push('\n');
    // An edit after which the file is not TOML is none that people keep.
    let broken = is_toml && text.parse::<toml::Table>().is_err();
    if broken { original.to_owned() } else { text }
}

fn change_value(line: &mut String, word: &str) {
    if let Some((key, value)) = line.split_once('=')
        && value.trim().starts_with('"')
        && !value.contains('#')
    {
        *line = format!("{key}= \"{word}\"");
    }
}

/// Moves the table at this line to the end.
fn move_section(lines: &mut Vec<String>, at: usize) {
    let is_header = |line: &String| line.starts_with('[');
    let Some(start) = lines[..at].iter().rposition(is_header) else {
        return;
    };
    let end = lines[at..]
        .iter()
        .position(is_header)
        .map_or(lines.len(), |end| at + end);
    let section: Vec<_> = lines.drain(start..end).collect();
    lines.extend(section);
}

const REMOVE_FILE: usize = 8;
const TO_WINDOWS: usize = 1;
const THEIRS: &str = "templateword";
const FILES: &[&str] = &[
    "b2c.toml",
    "b2c.toml",
    "Cargo.toml",
    ".env.example",
    ".gitignore",
    "src/lib.rs",
    "src/pages.rs",
    "src/notes.rs",
    "README.md",
];
