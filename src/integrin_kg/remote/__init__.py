"""The graph in somebody else's engine: any that speaks SPARQL 1.1, on this machine or on a cluster.

Statements, queries and rules go there by HTTP; here remain the ontology, the compiled rules, the claims
behind plain statements, and every guard that stands before the embedded store too. Imports point up:

    backend      answers tasks and makes changes, as the embedded state does
    change       a change staged, reasoned over, and made or dropped
    loading      the build's graphs into the engine, one after another, resumable
    fixpoint     rules run to the fixpoint inside the engine
    premises     what proofs are found from: facts asked of the engine
    rendering    rules as SPARQL
    graphs       which graphs there are, ours and the engine's
    endpoint     HTTP: retries, what an engine's errors mean
    body         its answers as files
    login        the credentials that it is shown
"""
