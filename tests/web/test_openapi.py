"""The served document is complete and true to the types."""

import json


async def test_the_document(house):
    status, text, _ = await house.get("/api/v1/openapi.json")
    assert status == 200
    spec = json.loads(text)
    assert spec["openapi"] == "3.1.0"
    names = set(spec["components"]["schemas"])

    def refs(node: object) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"].removeprefix("#/components/schemas/")} if "$ref" in node else set()
            return own.union(*(refs(value) for value in node.values()))
        return set().union(*(refs(value) for value in node)) if isinstance(node, list) else set()

    assert refs(spec) <= names
    ids = [operation["operationId"] for item in spec["paths"].values() for operation in item.values()]
    assert len(set(ids)) == len(ids)
    for path, item in spec["paths"].items():
        for method, operation in item.items():
            responses = operation["responses"]
            assert any(code.startswith("2") for code in responses)
            assert "403" in responses
            declared = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"}
            assert declared == {part.strip("{}") for part in path.split("/") if part.startswith("{")}
            if method == "post" and operation.get("requestBody"):
                assert {"413", "415", "422"} <= set(responses)
    say = spec["paths"]["/api/v1/commands/say"]["post"]
    assert say["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Say"}
    assert spec["components"]["schemas"]["Say"]["required"] == ["persona", "text"]
    state = spec["paths"]["/api/v1/state"]["get"]
    assert [parameter["name"] for parameter in state["parameters"]] == ["fields"]
    assert spec["paths"]["/api/v1/grants/{grant}"]["delete"]["responses"].keys() >= {"204", "404"}
