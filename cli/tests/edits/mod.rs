//! Edits at random: people's, and those of a template that goes on.

use std::fs;
use std::ops::Range;
use std::path::Path;

use cargo_b2c_init::File;
use proptest::prelude::*;

/// One edit: of which file, what, and where.
pub(crate) type Edit = (usize, usize, u16, u16);

/// Any edit.
pub(crate) fn any() -> impl Strategy<Value = Edit> {
    (0..FILES.len(), 0..14_usize, any_place(), any_place())
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
    let (text, mark) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (text.to_owned(), true),
        None => (text, edit.1 == WITH_MARK),
    };
    let windows = text.contains("\r\n");
    let text = changed(&text.replace("\r\n", "\n"), FILES[edit.0], edit, OWN);
    let text = match (windows, edit.1) {
        (true, _) | (_, TO_WINDOWS) => text.replace('\n', "\r\n"),
        _ => text,
    };
    let mark = if mark { BYTE_ORDER_MARK } else { "" };
    fs::write(path, format!("{mark}{text}")).expect("written");
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
        (7, _) if is_toml => {
            let section = section(&lines, at);
            let section: Option<Vec<_>> = section.map(|section| lines.drain(section).collect());
            lines.extend(section.unwrap_or_default());
        }
        (9, _) if is_toml => drop(section(&lines, at).map(|section| lines.drain(section))),
        (10, _) if is_toml => rename_section(&mut lines, at, &word),
        (11, _) if is_toml => dot_section(&mut lines, at),
        (12, _) if is_toml => inline_section(&mut lines, at),
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

/// The lines of the table that this line is in.
fn section(lines: &[String], at: usize) -> Option<Range<usize>> {
    let is_header = |line: &String| line.starts_with('[');
    let start = lines[..at].iter().rposition(is_header)?;
    let end = lines[at..].iter().position(is_header);
    Some(start..end.map_or(lines.len(), |end| at + end))
}

/// The table at this line gets another name.
fn rename_section(lines: &mut [String], at: usize, word: &str) {
    if let Some(section) = section(lines, at) {
        let header = &mut lines[section.start];
        *header = header.replacen(']', &format!("{word}]"), 1);
    }
}

/// The table at this line becomes keys with dots at the top.
fn dot_section(lines: &mut Vec<String>, at: usize) {
    let Some((name, keys)) = taken_out(lines, at) else {
        return;
    };
    let keys = keys.into_iter().map(|key| format!("{name}.{key}"));
    lines.splice(0..0, keys);
}

/// The table at this line becomes one line at the top.
fn inline_section(lines: &mut Vec<String>, at: usize) {
    let Some((name, keys)) = taken_out(lines, at) else {
        return;
    };
    let keys = keys.iter().map(|key| key.split(" #").next().unwrap_or(key));
    let keys: Vec<_> = keys.collect();
    lines.insert(0, format!("{name} = {{ {} }}", keys.join(", ")));
}

/// Takes the table at this line out: its name and its keys, one line each.
fn taken_out(lines: &mut Vec<String>, at: usize) -> Option<(String, Vec<String>)> {
    let section = section(lines, at)?;
    let header = lines[section.start].split(']').next()?;
    let name = header.strip_prefix('[')?.to_owned();
    let is_key = |line: &String| line.contains('=') && !line.starts_with('#');
    let keys = lines.drain(section).skip(1).filter(is_key).collect();
    Some((name, keys))
}

const REMOVE_FILE: usize = 8;
const TO_WINDOWS: usize = 1;
const WITH_MARK: usize = 13;
const BYTE_ORDER_MARK: &str = "\u{feff}";
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
