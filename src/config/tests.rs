//! Tests of the settings.

use super::*;

fn load(
    file: &str,
    environment: &[(&str, &str)],
    flags: &[(&str, &str)],
) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stillsays.toml");
    std::fs::write(&path, file).unwrap();
    let pair = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
    Config::load(&Sources {
        file: Some(path),
        environment: environment.iter().map(pair).collect(),
        flags: flags
            .iter()
            .map(|flag| ("--set".into(), flag.0.into(), flag.1.into()))
            .collect(),
    })
}

#[test]
fn every_default_is_toml_and_can_be_used() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.origins.len(), SETTINGS.len());
    for setting in SETTINGS {
        let text = format!("it = {}", setting.default);
        assert!(toml::from_str::<Table>(&text).is_ok(), "{}", setting.key);
    }
}

#[test]
fn a_flag_beats_the_environment_and_the_environment_the_file() {
    let origin = |config: &Config| {
        let origin = config
            .origins
            .iter()
            .find(|origin| origin.0 == "fetch.jobs")
            .unwrap();
        (config.settings.fetch.jobs, origin.2.to_string())
    };
    let file = "\n[fetch]\n  jobs = 2\n";
    let variable = [("STILLSAYS_FETCH_JOBS", "3")];
    let only_file = origin(&load(file, &[], &[]).unwrap());
    assert_eq!(only_file.0, 2);
    assert!(
        only_file.1.ends_with("stillsays.toml:3:3"),
        "{}",
        only_file.1
    );
    let with_environment = origin(&load(file, &variable, &[]).unwrap());
    assert_eq!(
        with_environment,
        (3, "environment STILLSAYS_FETCH_JOBS".into())
    );
    let with_flag = origin(&load(file, &variable, &[("fetch.jobs", "4")]).unwrap());
    assert_eq!(with_flag, (4, "flag --set".into()));
}

#[test]
fn an_unknown_key_is_reported_with_its_place_and_the_nearest_key() {
    let error = load("[fetch]\ndealy = \"1s\"\n", &[], &[]).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("stillsays.toml:2:1: unknown setting `fetch.dealy`")
    );
    assert_eq!(error.hint(), "did you mean `fetch.delay`?");
}

#[test]
fn a_wrong_value_is_reported_with_its_place_and_a_valid_example() {
    for (file, place) in [
        ("[schedule]\nevery = \"sometimes\"\n", ":2:1"),
        ("[schedule]\nevery = \"61 * * * *\"\n", ":2:1"),
        ("[fetch]\n\nmax_bytes = \"lots\"\n", ":3:1"),
        ("[fetch]\nallow = [\"10.0.0.0/8\", \"home\"]\n", ":2:1"),
        ("[fetch]\njobs = -1\n", ":2:1"),
        ("[fetch]\ndenied_ports = [80, 70000]\n", ":2:1"),
        ("[fetch]\nmin_rate = \"fast\"\n", ":2:1"),
        ("[fetch]\nrobots_age = \"a while\"\n", ":2:1"),
        ("[fetch]\nmax_backoff = 7\n", ":2:1"),
        ("[serve]\nlisten = \":8080\"\n", ":2:1"),
        ("[serve]\nreplay = \"example.org:80\"\n", ":2:1"),
    ] {
        let error = load(file, &[], &[]).unwrap_err();
        assert!(error.to_string().contains(place), "{error}");
        assert!(!error.hint().is_empty(), "{error}");
    }
    assert!(matches!(
        load("store = ", &[], &[]),
        Err(ConfigError::Syntax { .. })
    ));
    assert!(load("", &[("STILLSAYS_FETCH_JOBS", "many")], &[]).is_err());
}

#[test]
fn the_settings_file_shows_every_setting_with_its_default() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/config/stillsays.toml");
    let sources = Sources {
        file: Some(path.into()),
        ..Sources::default()
    };
    for (key, value, origin) in Config::load(&sources).unwrap().origins {
        let setting = SETTINGS.iter().find(|it| it.key == key).unwrap();
        assert!(matches!(origin, Origin::File { .. }), "{key} is not there");
        assert_eq!(value, literal(setting.default), "{key}");
    }
}

#[test]
fn ports_are_read_as_numbers_and_as_text() {
    let ports = |file: &str, environment: &[(&str, &str)]| {
        let config = load(file, environment, &[]).unwrap();
        config.settings.fetch.denied_ports
    };
    assert_eq!(ports("[fetch]\ndenied_ports = [81, 82]\n", &[]), [81, 82]);
    let variable = [("STILLSAYS_FETCH_DENIED_PORTS", "81, 82")];
    assert_eq!(ports("", &variable), [81, 82]);
}

#[test]
fn a_proxys_password_is_not_shown() {
    let shown = |value: &str| Setting::shown("fetch.proxy", &Value::String(value.into()));
    for (value, expected) in [
        ("http://me:pass@word@proxy:3128", "http://…@proxy:3128"),
        ("me:pass@proxy", "…@proxy"),
        ("http://proxy:3128", "http://proxy:3128"),
        ("none", "none"),
    ] {
        assert_eq!(shown(value), Value::String(expected.into()));
    }
}
