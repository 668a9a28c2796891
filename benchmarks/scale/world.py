"""A graph of any size that grows as the real one would: other species' integrins, samples, and what single
cells are seen to say to one another.

A species has subunits that are orthologous to the human ones, integrins of them that recognise the same
motifs, and antibodies against them. A sample comes from a donor of a species; each observation in it says
which ligand of one kind of cell meets which receptor of another, and how strongly. A receptor is an integrin
of the species in two of three cases, with a ligand that its human counterpart binds. Nothing is said of
categories: that an observation is of an RGD receptor follows.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from pyoxigraph import NamedNode

from integrin_kg.knowledge import Knowledge
from integrin_kg.vocab import BASE, IKG, RDF_TYPE, ikg

GROWTH = "https://example.org/growth/"
"""What the IRIs of all that is made begin with."""

_CELLS = 60
_OBSERVATIONS = 20
_OTHERS = 300
_FOR_EACH_SPECIES = 50_000
_SPECIES = 20

TERMS = f"""
@prefix : <{GROWTH}> .
@prefix ikg: <{IKG}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:Observation a owl:Class ; rdfs:label "observation" .
:Sample a owl:Class ; rdfs:label "sample" .
:orthologOf a owl:ObjectProperty ; rdfs:label "ortholog of" .
:inSample a owl:ObjectProperty ; rdfs:label "in sample" ; rdfs:domain :Observation ; rdfs:range :Sample .
:ofLigand a owl:ObjectProperty ; rdfs:label "of ligand" ; rdfs:domain :Observation .
:ofReceptor a owl:ObjectProperty ; rdfs:label "of receptor" ; rdfs:domain :Observation .
:sender a owl:ObjectProperty ; rdfs:label "sender" ; rdfs:domain :Observation .
:receiver a owl:ObjectProperty ; rdfs:label "receiver" ; rdfs:domain :Observation .
:fromDonor a owl:ObjectProperty ; rdfs:label "from donor" ; rdfs:domain :Sample .
:ofSpecies a owl:ObjectProperty ; rdfs:label "of species" .
:score a owl:DatatypeProperty ; rdfs:label "score" ; rdfs:domain :Observation ; rdfs:range xsd:decimal .
:RGDInteraction a owl:Class ; rdfs:label "RGD interaction" ; owl:equivalentClass
    [ a owl:Restriction ; owl:onProperty :ofReceptor ; owl:someValuesFrom ikg:RGDReceptor ] .
"""
"""The terms and axioms that the data are written in, beside the project's own: Turtle."""


class World:
    """What grows from ``knowledge``; the same for the same ``seed``."""

    def __init__(self, knowledge: Knowledge, seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._facts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for quad in knowledge.asserted:
            if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
                self._facts[quad.predicate.value].append((quad.subject.value, quad.object.value))
        self._binds = defaultdict(list)
        for integrin, ligand in self._of(ikg("bindsLigand")):
            self._binds[integrin].append(ligand)
        self._integrins = sorted({integrin for integrin, _ in self._of(ikg("hasAlphaSubunit"))})

    def _of(self, predicate: NamedNode) -> list[tuple[str, str]]:
        return self._facts[predicate.value]

    def lines(self, size: int) -> Iterator[str]:
        """Yield ``size`` triples or a few more, as lines of N-Triples."""
        species = min(max(1, size // _FOR_EACH_SPECIES), _SPECIES)
        made = 0
        for number in range(species):
            for line in self._species(number):
                made += 1
                yield line
        for number in count():
            if made >= size:
                return
            for line in self._sample(number, number % species):
                made += 1
                yield line

    def _species(self, number: int) -> Iterator[str]:
        subunits = sorted(
            {s for name in ("hasAlphaSubunit", "hasBetaSubunit") for _, s in self._of(ikg(name))}
        )
        kinds = dict(self._of(ikg("hasAlphaSubunit")))
        for subunit in subunits:
            kind = "AlphaSubunit" if subunit in kinds.values() else "BetaSubunit"
            yield _line(self._own(subunit, number), RDF_TYPE.value, f"{IKG}{kind}")
            yield _line(self._own(subunit, number), f"{GROWTH}orthologOf", subunit)
        for here in (self._own(iri, number) for iri in self._integrins):
            yield _line(here, RDF_TYPE.value, f"{IKG}Integrin")
            yield _line(here, f"{GROWTH}ofSpecies", f"{GROWTH}species/{number}")
        for name in ("hasAlphaSubunit", "hasBetaSubunit"):
            for human, subunit in self._of(ikg(name)):
                yield _line(self._own(human, number), f"{IKG}{name}", self._own(subunit, number))
        for human, motif in self._of(ikg("recognizesMotif")):
            if human in self._integrins:
                yield _line(self._own(human, number), f"{IKG}recognizesMotif", motif)
        for subunit in subunits:
            antibody = self._own(subunit, number).replace("/subunit/", "/antibody/")
            yield _line(antibody, RDF_TYPE.value, f"{IKG}MonoclonalAntibody")
            yield _line(antibody, f"{IKG}targets", self._own(subunit, number))

    def _own(self, iri: str, number: int) -> str:
        return f"{GROWTH}{iri.removeprefix(BASE)}-{number}"

    def _sample(self, number: int, species: int) -> Iterator[str]:
        sample = f"{GROWTH}sample/{number}"
        yield _line(sample, RDF_TYPE.value, f"{GROWTH}Sample")
        yield _line(sample, f"{GROWTH}fromDonor", f"{GROWTH}donor/{number // 4}")
        yield _line(sample, f"{GROWTH}ofSpecies", f"{GROWTH}species/{species}")
        for which in range(_OBSERVATIONS):
            observation = f"{GROWTH}observation/{number}-{which}"
            ligand, receptor = self._pair(species)
            yield _line(observation, RDF_TYPE.value, f"{GROWTH}Observation")
            yield _line(observation, f"{GROWTH}inSample", sample)
            yield _line(observation, f"{GROWTH}ofLigand", ligand)
            yield _line(observation, f"{GROWTH}ofReceptor", receptor)
            yield _line(observation, f"{GROWTH}sender", f"{GROWTH}cell/{self._random.randrange(_CELLS)}")
            yield _line(observation, f"{GROWTH}receiver", f"{GROWTH}cell/{self._random.randrange(_CELLS)}")
            score = f'"{self._random.random():.4f}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
            yield f"<{observation}> <{GROWTH}score> {score} .\n"

    def _pair(self, species: int) -> tuple[str, str]:
        if self._random.random() < 1 / 3:
            other = self._random.randrange(_OTHERS)
            return f"{GROWTH}ligand/{other}", f"{GROWTH}receptor/{other}-{species}"
        integrin = self._random.choice(self._integrins)
        ligands = self._binds[integrin] or [f"{GROWTH}ligand/0"]
        return self._random.choice(ligands), self._own(integrin, species)


def _line(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> <{value}> .\n"
