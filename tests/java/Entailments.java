import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.coode.owlapi.manchesterowlsyntax.ManchesterOWLSyntaxEditorParser;
import org.semanticweb.HermiT.Reasoner;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.expression.OWLEntityChecker;
import org.semanticweb.owlapi.expression.ParserException;
import org.semanticweb.owlapi.model.AxiomType;
import org.semanticweb.owlapi.model.OWLAnnotation;
import org.semanticweb.owlapi.model.OWLAnnotationProperty;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLClass;
import org.semanticweb.owlapi.model.OWLClassExpression;
import org.semanticweb.owlapi.model.OWLDataFactory;
import org.semanticweb.owlapi.model.OWLDataHasValue;
import org.semanticweb.owlapi.model.OWLDataProperty;
import org.semanticweb.owlapi.model.OWLDataPropertyAssertionAxiom;
import org.semanticweb.owlapi.model.OWLDatatype;
import org.semanticweb.owlapi.model.OWLEntity;
import org.semanticweb.owlapi.model.OWLLiteral;
import org.semanticweb.owlapi.model.OWLNamedIndividual;
import org.semanticweb.owlapi.model.OWLObjectProperty;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.util.ShortFormProvider;
import org.semanticweb.owlapi.util.SimpleShortFormProvider;

/**
 * Prints what HermiT finds to follow from ontologies. A line of standard input is a request:
 *
 * <ul>
 * <li>"entailments" and a path: the types of every named individual, the values of its object and data
 *     properties, what it is the same as, and the superclasses of every named class;
 * <li>"verdict" and a path: the classes that nothing can be in;
 * <li>"members" and a class expression in Manchester syntax: what is in it by the last ontology.
 * </ul>
 *
 * An answer is a document of N-Triples, closed by an empty line; a comment in its place says that the
 * ontology is "inconsistent", or why it was "refused" (it is not in OWL 2 DL, or an expression is not in
 * Manchester syntax). One process answers for many ontologies, since to start Java takes longer than to reason
 * over most of them.
 */
public class Entailments {
    private static final String RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private static final String RDFS = "http://www.w3.org/2000/01/rdf-schema#";
    private static final String OWL = "http://www.w3.org/2002/07/owl#";
    private static final int FEW = 12;

    private final OWLOntology ontology;
    private final Set<OWLNamedIndividual> things;
    private final Reasoner reasoner;
    private final PrintStream out;

    Entailments(OWLOntology ontology, PrintStream out) {
        this.ontology = ontology;
        this.things = ontology.getIndividualsInSignature(true);
        this.reasoner = new Reasoner(ontology);
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Entailments last = null;
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] request = line.split(" ", 2);
            try {
                if (request[0].equals("members")) {
                    last.printInstances(new Names(last.ontology).expression(request[1]), "_:described");
                } else {
                    last = new Entailments(OWLManager.createOWLOntologyManager()
                        .loadOntologyFromOntologyDocument(new File(request[1])), out);
                    last.print(request[0].equals("entailments"));
                }
            } catch (IllegalArgumentException | ParserException refusal) {
                out.println("# refused: " + refusal.getMessage().replaceAll("\\s+", " "));
            }
            out.println();
            out.flush();
        }
    }

    private void print(boolean everything) {
        if (!reasoner.isConsistent()) {
            out.println("# inconsistent");
            return;
        }
        for (OWLClass kind : reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()) {
            printRow(kind, RDFS + "subClassOf", "<" + OWL + "Nothing>");
        }
        if (!everything) {
            return;
        }
        printHierarchy();
        if (things.size() <= FEW) {
            ask();
        } else {
            list();
        }
    }

    private void printHierarchy() {
        for (OWLClass kind : ontology.getClassesInSignature(true)) {
            for (OWLClass above : reasoner.getSuperClasses(kind, false).getFlattened()) {
                printRow(kind, RDFS + "subClassOf", iri(above));
            }
            for (OWLClass equal : reasoner.getEquivalentClasses(kind).getEntities()) {
                printRow(kind, RDFS + "subClassOf", iri(equal));
            }
        }
    }

    /**
     * Asks of each statement that could be made whether it follows: whether the ontology and its opposite
     * contradict each other. HermiT's own lists have faults where a thing has several names: of three names
     * for one thing it lists two, and relations end in a ConcurrentModificationException.
     */
    private void ask() {
        OWLDataFactory make = reasoner.getDataFactory();
        for (OWLClass kind : ontology.getClassesInSignature(true)) {
            printMembers(make.getOWLObjectComplementOf(make.getOWLObjectComplementOf(kind)), RDF + "type", iri(kind));
        }
        for (OWLNamedIndividual value : things) {
            printMembers(make.getOWLObjectOneOf(value), OWL + "sameAs", iri(value));
            for (OWLObjectProperty property : ontology.getObjectPropertiesInSignature(true)) {
                printMembers(make.getOWLObjectHasValue(property, value), name(property), iri(value));
            }
        }
        for (OWLLiteral value : literals()) {
            for (OWLDataProperty property : ontology.getDataPropertiesInSignature(true)) {
                printMembers(make.getOWLDataHasValue(property, value), name(property), written(value));
            }
        }
    }

    private void printMembers(OWLClassExpression description, String predicate, String object) {
        for (OWLNamedIndividual thing : things) {
            if (reasoner.hasType(thing, description, false)) {
                printRow(thing, predicate, object);
            }
        }
    }

    /** The literals that the ontology speaks of: no other is the value of anything. */
    private Set<OWLLiteral> literals() {
        Set<OWLLiteral> found = new TreeSet<>();
        for (OWLDataPropertyAssertionAxiom stated : ontology.getAxioms(AxiomType.DATA_PROPERTY_ASSERTION)) {
            found.add(stated.getObject());
        }
        for (OWLAxiom axiom : ontology.getLogicalAxioms()) {
            for (OWLClassExpression part : axiom.getNestedClassExpressions()) {
                if (part instanceof OWLDataHasValue) {
                    found.add(((OWLDataHasValue) part).getValue());
                }
            }
        }
        return found;
    }

    /** Has HermiT list all that follows, save what data values a class would give to its members. */
    private void list() {
        for (OWLClass kind : ontology.getClassesInSignature(true)) {
            printInstances(kind, iri(kind));
        }
        for (OWLObjectProperty property : ontology.getObjectPropertiesInSignature(true)) {
            reasoner.getObjectPropertyInstances(property).forEach((thing, values) ->
                values.forEach(value -> printRow(thing, name(property), iri(value))));
        }
        for (OWLNamedIndividual thing : things) {
            for (OWLNamedIndividual other : reasoner.getSameIndividuals(thing).getEntities()) {
                printRow(thing, OWL + "sameAs", iri(other));
            }
            for (OWLDataProperty property : ontology.getDataPropertiesInSignature(true)) {
                for (OWLLiteral value : reasoner.getDataPropertyValues(thing, property)) {
                    printRow(thing, name(property), written(value));
                }
            }
        }
    }

    private void printInstances(OWLClassExpression description, String name) {
        for (OWLNamedIndividual member : reasoner.getInstances(description, false).getFlattened()) {
            printRow(member, RDF + "type", name);
        }
    }

    private void printRow(OWLEntity subject, String predicate, String object) {
        out.println(iri(subject) + " <" + predicate + "> " + object + " .");
    }

    private static String name(OWLEntity entity) {
        return entity.getIRI().toString();
    }

    private static String iri(OWLEntity entity) {
        return "<" + name(entity) + ">";
    }

    private static String written(OWLLiteral literal) {
        String text = literal.getLiteral()
            .replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r");
        if (literal.isRDFPlainLiteral()) {
            return "\"" + text + "\"" + (literal.hasLang() ? "@" + literal.getLang() : "");
        }
        return "\"" + text + "\"^^" + iri(literal.getDatatype());
    }
}

/**
 * The entities of an ontology by what a user types for them: the last part of an IRI or, as Protege has it, the
 * label, in quotes where it is no word. A name for two things of one kind stands for neither.
 */
class Names implements OWLEntityChecker {
    private final OWLOntology ontology;
    private final Map<String, Set<OWLEntity>> meant = new HashMap<>();

    Names(OWLOntology ontology) {
        this.ontology = ontology;
        ShortFormProvider last = new SimpleShortFormProvider();
        for (OWLEntity entity : ontology.getSignature(true)) {
            add(last.getShortForm(entity), entity);
            for (OWLAnnotation said : entity.getAnnotations(ontology)) {
                if (said.getProperty().isLabel()) {
                    String label = ((OWLLiteral) said.getValue()).getLiteral();
                    add(label.matches("\\w+") ? label : "'" + label + "'", entity);
                }
            }
        }
    }

    private void add(String name, OWLEntity entity) {
        meant.computeIfAbsent(name, unknown -> new HashSet<>()).add(entity);
    }

    OWLClassExpression expression(String text) throws ParserException {
        OWLDataFactory make = ontology.getOWLOntologyManager().getOWLDataFactory();
        ManchesterOWLSyntaxEditorParser parser = new ManchesterOWLSyntaxEditorParser(make, text);
        parser.setOWLEntityChecker(this);
        return parser.parseClassExpression();
    }

    private <T extends OWLEntity> T only(String name, Class<T> kind) {
        List<T> found = meant.getOrDefault(name, Set.of()).stream()
            .filter(kind::isInstance).map(kind::cast).collect(Collectors.toList());
        return found.size() == 1 ? found.get(0) : null;
    }

    public OWLClass getOWLClass(String name) {
        return only(name, OWLClass.class);
    }

    public OWLObjectProperty getOWLObjectProperty(String name) {
        return only(name, OWLObjectProperty.class);
    }

    public OWLDataProperty getOWLDataProperty(String name) {
        return only(name, OWLDataProperty.class);
    }

    public OWLAnnotationProperty getOWLAnnotationProperty(String name) {
        return only(name, OWLAnnotationProperty.class);
    }

    public OWLNamedIndividual getOWLIndividual(String name) {
        return only(name, OWLNamedIndividual.class);
    }

    public OWLDatatype getOWLDatatype(String name) {
        return only(name, OWLDatatype.class);
    }
}
