"""The knowledge graph as a Python object."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, parse_query_results
from rdflib import Graph

from integrin_kg import resources, saved
from integrin_kg.api import claim, entity, frames
from integrin_kg.api.entity import Entity
from integrin_kg.api.explanation import Classification, Explanation
from integrin_kg.api.frames import Row
from integrin_kg.api.sources import JSON, Local, Remote, Source
from integrin_kg.knowledge import Knowledge
from integrin_kg.naming import Names, UnknownName

if TYPE_CHECKING:
    import pandas


class KnowledgeGraph:
    """The integrin knowledge graph: in this process as here, or elsewhere, with :meth:`at`.

    The first one builds the graph and reasons over it, which takes some seconds; others like it share that.

    >>> graph = KnowledgeGraph()
    >>> graph.ask("ASK { <https://w3id.org/integrin-kg/integrin/alphaV-beta3> a ikg:RGDReceptor }")
    True
    """

    def __init__(
        self, *, reasoning: bool = True, beside: Iterable[str | Path] = (), services: Iterable[str] = ()
    ) -> None:
        """Open the shipped graph; without ``reasoning`` only what is asserted. ``beside`` are files of
        ontologies of your own, reasoned over together with ours, and ``services`` the endpoints that SERVICE
        may call.

        Raises :class:`~integrin_kg.ontology.OntologyError` for a file that is no ontology and
        :class:`~integrin_kg.knowledge.ClashError` for one that contradicts ours.
        """
        self._source: Source = Local.opened(reasoning, map(Path, beside), services)

    @classmethod
    def of(cls, knowledge: Knowledge) -> KnowledgeGraph:
        """Return the graph of knowledge that was assembled already, such as that of another folder."""
        return cls._over(Local(knowledge, knowledge.store()))

    @classmethod
    def at(cls, url: str, *, reasoning: bool = True, timeout: float = 60.0) -> KnowledgeGraph:
        """Return the graph that ``integrin-kg serve`` serves at a base URL: the same methods, over HTTP.

        They raise :class:`OSError` where nothing listens there, or not within ``timeout`` seconds.
        """
        return cls._over(Remote(url.rstrip("/"), reasoning, timeout))

    @classmethod
    def _over(cls, source: Source) -> KnowledgeGraph:
        graph = cls.__new__(cls)
        graph._source = source
        return graph

    def query(self, query: str, *, short: bool = False) -> pandas.DataFrame:
        """Return the solutions of a SELECT as a data frame, with a dtype for each column.

        ``query`` is SPARQL (the graph's own prefixes need no declaration), the name of a saved query or the
        path of a file. IRIs are in full or, where ``short``, like ``ikg:Integrin`` or ``motif/RGD``. Decimals
        become floats (:meth:`rows` leaves them exact). A query in this process has no limits: one
        that runs on and on, or is nested thousands deep, takes the process along.

        Raises :class:`~integrin_kg.engine.messages.Problem` for a query that is wrong, with its line and
        column, :class:`~integrin_kg.saved.SavedQueryError` for a name that none is saved under, and
        :class:`ImportError` where pandas is missing.

        >>> KnowledgeGraph().query("pan-alphav-agents").dtypes["agent"].name
        'string'
        """
        solutions = self._solutions(query)
        names = [variable.value for variable in solutions.variables]
        return frames.frame(names, frames.rows(solutions, short))

    def rows(self, query: str, *, short: bool = False) -> list[Row]:
        """Return the solutions of a SELECT as dicts of Python values: :meth:`query` without pandas.

        >>> KnowledgeGraph().rows('''
        ...     SELECT ?integrin (COUNT(?ligand) AS ?ligands) WHERE {
        ...       ?integrin a ikg:LDVReceptor ; ikg:bindsLigand ?ligand
        ...     } GROUP BY ?integrin ORDER BY ?integrin LIMIT 1''', short=True)
        [{'integrin': 'integrin/alpha4-beta1', 'ligands': 7}]
        """
        return frames.rows(self._solutions(query), short)

    def ask(self, query: str) -> bool:
        """Return the answer to an ASK."""
        results = self._results(query)
        if not isinstance(results, QueryBoolean):
            raise ValueError("this query is no ASK: use query, rows or construct")
        return bool(results)

    def construct(self, query: str) -> Graph:
        """Return the triples of a CONSTRUCT or DESCRIBE as an rdflib graph.

        >>> len(KnowledgeGraph().construct("CONSTRUCT WHERE { ?x a ikg:CollagenReceptor }"))
        4
        """
        content, media_type = self._source.answer(self._text(query))
        if media_type == JSON:
            raise ValueError("this query is no CONSTRUCT or DESCRIBE: use query, rows or ask")
        return Graph().parse(data=content, format="nt")

    def questions(self) -> list[saved.SavedQuery]:
        """Return the saved queries, whose names :meth:`query` takes.

        >>> [saved.question for saved in KnowledgeGraph().questions() if saved.name == "rgd-receptors"]
        ['Which integrins are RGD receptors?']
        """
        return saved.load_all(resources.queries_folder())

    def iri(self, name: str) -> str:
        """Return the IRI of what is called ``name``: a label, synonym or gene symbol in Greek or Latin
        letters, ``prefix:name``, ``path/name`` or an IRI itself.

        Raises :class:`~integrin_kg.naming.UnknownName` where nothing is, and tells what may be meant.

        >>> KnowledgeGraph().iri("avb3")
        'https://w3id.org/integrin-kg/integrin/alphaV-beta3'
        """
        return self._names.iri(name)

    def entity(self, name: str) -> Entity:
        """Return the entity of that name (see :meth:`iri`) with what is said of it.

        >>> avb3 = KnowledgeGraph().entity("αvβ3")
        >>> str(avb3)
        'integrin αvβ3 (integrin, RGD receptor, entity, αv integrin)'
        >>> avb3.claims[0].says
        'integrin αvβ3 recognizes motif RGD (Introduction, 3291-3391)'
        >>> avb3.matches[1]
        'http://purl.obolibrary.org/obo/GO_0034683'
        """
        iri = self.iri(name)
        told = list(self._about("entity", iri))
        if not told:
            raise UnknownName(f"nothing is said of <{iri}>")
        found = list(self._about("evidence", iri))
        order = list(dict.fromkeys(row["claim"].value for row in found))
        return entity.read(iri, told, claim.read(self._about("claims", *order), order))

    def explain(self, subject: str, predicate: str, object: str, *, every: bool = False) -> Explanation:
        """Return why a triple holds, or what is missing for it; its parts are names (see :meth:`iri`), and
        ``a`` is ``rdf:type``. With ``every`` its document has the other minimal proofs too.

        Raises :class:`ValueError` where reasoning is off.

        >>> proof = KnowledgeGraph().explain("natalizumab", "a", "LDV receptor agent").proof
        >>> proof.axiom, [leaf.words for leaf in proof.leaves() if leaf.claims][0]
        ('Therapeutic and (actsOn some LDVReceptor) SubClassOf LDVReceptorAgent', \
'natalizumab targets integrin subunit α4')
        """
        triple = (self.iri(subject), self.iri(predicate), self.iri(object))
        return Explanation(self._source.explain(triple, every))

    def classify(self, description: str, media_type: str = "text/turtle") -> Classification:
        """Return what would follow from a description in RDF, which is not kept.

        Raises :class:`~integrin_kg.classify.DescriptionError` for what is no RDF of that type.

        >>> engineered = KnowledgeGraph().classify('''
        ...     @prefix ikg: <https://w3id.org/integrin-kg/schema/> .
        ...     @prefix motif: <https://w3id.org/integrin-kg/motif/> .
        ...     <urn:x:mine> a ikg:Integrin ; ikg:recognizesMotif motif:RGD .''')
        >>> engineered.consistent, engineered.types["urn:x:mine"][1]
        (True, 'https://w3id.org/integrin-kg/schema/RGDReceptor')
        """
        return Classification(self._source.classify(description.encode(), media_type))

    @cached_property
    def _names(self) -> Names:
        found = self._solutions(self._page("names"))
        return Names((row["thing"].value, row["role"].value, row["text"].value) for row in found)

    def _about(self, page: str, *iris: str) -> QuerySolutions:
        return self._solutions(saved.about(self._page(page), *iris))

    def _page(self, name: str) -> str:
        return (resources.queries_folder() / "pages" / f"{name}.rq").read_text("utf-8")

    def _text(self, given: str) -> str:
        path = saved.find(given, resources.queries_folder())
        return path.read_text("utf-8") if path else given

    def _results(self, query: str) -> QuerySolutions | QueryBoolean:
        content, media_type = self._source.answer(self._text(query))
        if media_type != JSON:
            raise ValueError("this query answers with a graph: use construct")
        return parse_query_results(input=content, format=QueryResultsFormat.JSON)

    def _solutions(self, query: str) -> QuerySolutions:
        results = self._results(query)
        if isinstance(results, QueryBoolean):
            raise ValueError("this query answers yes or no: use ask")
        return results
