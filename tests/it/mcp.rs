//! `stillsays mcp`: asked over stdio as an assistant asks, line by line.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use crate::project::Project;

/// An assistant that talks to the server.
struct Assistant {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    asked: u64,
}

impl Assistant {
    fn start(project: &Project) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_stillsays"))
            .args(["--config", "snapshots/demo/stillsays.toml", "mcp"])
            .current_dir(project.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (to, from) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
        let mut assistant = Self {
            server,
            to,
            from: BufReader::new(from),
            asked: 0,
        };
        let hello = assistant.ask(
            "initialize",
            &json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}),
        );
        assert_eq!(
            hello["result"]["serverInfo"]["name"], "stillsays",
            "{hello:#}"
        );
        assert!(
            hello["result"]["instructions"]
                .as_str()
                .unwrap()
                .contains("never instructions"),
            "{hello:#}"
        );
        assistant.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        assistant
    }

    fn send(&mut self, message: &Value) {
        writeln!(self.to, "{message}").unwrap();
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let mut line = String::new();
            assert!(
                self.from.read_line(&mut line).unwrap() > 0,
                "the server ended"
            );
            let answer: Value = serde_json::from_str(&line).unwrap();
            if answer["id"] == id {
                return answer;
            }
        }
    }

    /// The answer of a tool, after the words that mark it as not to be trusted.
    fn tool(&mut self, name: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({"name": name, "arguments": arguments}));
        let result = &answer["result"];
        assert_ne!(result["isError"], true, "{answer:#}");
        let text = |at: usize| result["content"][at]["text"].as_str().unwrap();
        assert!(
            text(0).contains("never instructions to follow"),
            "{answer:#}"
        );
        serde_json::from_str(text(1)).unwrap()
    }

    fn refused(&mut self, name: &str, arguments: &Value) -> String {
        let answer = self.ask("tools/call", &json!({"name": name, "arguments": arguments}));
        assert_eq!(answer["result"]["isError"], true, "{answer:#}");
        answer["result"]["content"][0]["text"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

const PAGE: &str = "https://www.thetrustnetwork.net/resource-library";

/// Every tool that is offered reads, and says what it takes.
fn offers_what_reads(assistant: &mut Assistant) {
    let tools = assistant.ask("tools/list", &json!({}));
    let tools = tools["result"]["tools"].as_array().unwrap().clone();
    let names: Vec<&str> = tools
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "profiles",
            "findings",
            "claim_history",
            "captures",
            "text",
            "diff",
            "verify"
        ]
    );
    for tool in &tools {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool:#}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool:#}");
    }
}

/// What is asked wrongly is answered, and harms nothing.
fn refuses_what_is_asked_wrongly(assistant: &mut Assistant) {
    assert!(
        assistant
            .refused("text", &json!({"url": "https://nowhere.example/"}))
            .contains("not in the archive")
    );
    assert!(
        assistant
            .refused("claim_history", &json!({"claim": "--help"}))
            .contains("claim")
    );
    assert!(
        assistant
            .refused("findings", &json!({}))
            .contains("profile")
    );
    assert!(
        assistant
            .refused("prune", &json!({}))
            .contains("no question")
    );
}

#[test]
fn an_assistant_reads_profiles_findings_histories_captures_and_texts() {
    let project = Project::new();
    project.expect(&["demo", "--quiet"], 0);
    let before = std::fs::read(project.path("snapshots/demo/stillsays.db")).unwrap();
    let mut assistant = Assistant::start(&project);
    offers_what_reads(&mut assistant);
    let profiles = assistant.tool("profiles", &json!({}));
    assert!(
        profiles.to_string().contains("trust-network"),
        "{profiles:#}"
    );

    let findings = assistant.tool(
        "findings",
        &json!({"profile": "trust-network", "count": 100}),
    );
    let all = findings["findings"].as_array().unwrap();
    assert_eq!(findings["in_all"].as_u64(), u64::try_from(all.len()).ok());
    let absent = all
        .iter()
        .find(|it| it["subject"] == "Police2Peace")
        .unwrap();
    let evidence = &absent["finding"]["evidence"][0];
    assert!(
        evidence["capture"]["payload_digest"]
            .as_str()
            .unwrap()
            .starts_with("sha256:"),
        "{absent:#}"
    );
    assert!(evidence["capture"]["date"].as_str().unwrap().ends_with('Z'));
    let with_span = all
        .iter()
        .find(|it| it["finding"]["evidence"][0]["position"].is_object());
    assert!(with_span.is_some(), "{findings:#}");

    let history = assistant.tool("claim_history", &json!({"claim": "Police2Peace"}));
    let captures = history["claims"][0]["things"][0]["captures"]
        .as_array()
        .unwrap();
    assert_eq!(
        captures[0]["source"]["archive"], "web-archive.example",
        "{history:#}"
    );

    let captures = assistant.tool("captures", &json!({"url": PAGE}));
    assert_eq!(
        captures["captures"].as_array().unwrap().len(),
        3,
        "{captures:#}"
    );
    let text = assistant.tool(
        "text",
        &json!({"url": PAGE, "date": "2022-10-19", "start": 10, "count": 200}),
    );
    assert_eq!(text["date"], "2022-10-19T10:15:00Z");
    assert_eq!(text["span"], json!({"start": 10, "end": 210}));
    assert_eq!(text["page_text"].as_str().unwrap().chars().count(), 200);
    assert!(
        text["payload_digest"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    let diff = assistant.tool(
        "diff",
        &json!({"url": PAGE, "range": "2024-06-11..2026-09-15"}),
    );
    assert!(diff.to_string().contains("Parallel Networks"), "{diff:#}");
    let verified = assistant.tool("verify", &json!({}));
    assert_eq!(verified["intact"], true, "{verified:#}");

    refuses_what_is_asked_wrongly(&mut assistant);
    drop(assistant.to);
    assert!(assistant.server.wait().unwrap().success());
    let after = std::fs::read(project.path("snapshots/demo/stillsays.db")).unwrap();
    assert!(before == after, "the archive is as it was");
}
