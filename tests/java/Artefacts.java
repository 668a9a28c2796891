import java.io.File;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.model.AxiomType;
import org.semanticweb.owlapi.model.OWLAnnotation;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDocumentFormat;
import org.semanticweb.owlapi.model.OWLEntity;
import org.semanticweb.owlapi.model.OWLObject;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.search.EntitySearcher;

/**
 * Prints what Protege's own library makes of ontologies in files: how much of what is in each, and its faults.
 *
 * A line is a file's name, what is told and its value, with tabs between. Of files whose names differ in the suffix
 * only, each is compared with the first.
 */
public class Artefacts {
    private static final String DEFINITION = "http://purl.obolibrary.org/obo/IAO_0000115";

    private final Map<String, Set<OWLObject>> firsts = new HashMap<>();
    private final PrintStream out;

    Artefacts(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] paths) throws Exception {
        Artefacts artefacts = new Artefacts(new PrintStream(System.out, true, "UTF-8"));
        for (String path : paths) {
            File file = new File(path);
            OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(file);
            artefacts.count(file.getName(), ontology);
            artefacts.judge(file.getName(), ontology);
            artefacts.compare(file.getName(), ontology);
        }
    }

    private void count(String name, OWLOntology ontology) {
        print(name, "iri", ontology.getOntologyID().getOntologyIRI().get());
        print(name, "version", ontology.getOntologyID().getVersionIRI().get());
        print(name, "imports", ontology.importsDeclarations().count());
        print(name, "classes", ontology.classesInSignature().count());
        print(name, "object properties", ontology.objectPropertiesInSignature().count());
        print(name, "data properties", ontology.dataPropertiesInSignature().count());
        print(name, "annotation properties", ontology.annotationPropertiesInSignature().count());
        print(name, "individuals", ontology.individualsInSignature().count());
        print(name, "anonymous", ontology.anonymousIndividuals().count());
        print(name, "axioms", ontology.getAxiomCount());
        print(name, "relations", ontology.axioms(AxiomType.OBJECT_PROPERTY_ASSERTION).count());
    }

    private void judge(String name, OWLOntology ontology) {
        OWLDocumentFormat format = ontology.getFormat();
        format.getOntologyLoaderMetaData().filter(RDFParserMetaData.class::isInstance).ifPresent(found -> {
            RDFParserMetaData metadata = (RDFParserMetaData) found;
            metadata.getUnparsedTriples().forEach(triple -> print(name, "unparsed", triple));
            metadata.getGuessedDeclarations().keySet().forEach(guess -> print(name, "guessed", guess));
        });
        new OWL2DLProfile().checkOntology(ontology).getViolations()
            .forEach(violation -> print(name, "violation", violation));
        ontology.signature().collect(Collectors.groupingBy(OWLEntity::getIRI, Collectors.toSet()))
            .values().stream().filter(same -> same.size() > 1).forEach(same -> print(name, "punned", same));
        ontology.signature().filter(entity -> !entity.isBuiltIn()).forEach(entity -> judge(name, ontology, entity));
    }

    private void judge(String name, OWLOntology ontology, OWLEntity entity) {
        if (!ontology.isDeclared(entity)) {
            print(name, "undeclared", entity);
        }
        if (EntitySearcher.getAnnotationObjects(entity, ontology).noneMatch(said -> said.getProperty().isLabel())) {
            print(name, "without label", entity);
        }
        if (EntitySearcher.getAnnotationObjects(entity, ontology).noneMatch(Artefacts::isDefinition)) {
            print(name, "without definition", entity);
        }
    }

    private static boolean isDefinition(OWLAnnotation said) {
        return said.getProperty().getIRI().toString().equals(DEFINITION);
    }

    private void compare(String name, OWLOntology ontology) {
        Set<OWLObject> said = new HashSet<>(ontology.getAxioms());
        ontology.annotations().forEach(said::add);
        Set<OWLObject> first = firsts.computeIfAbsent(name.replaceAll("[.][^.]*$", ""), stem -> said);
        first.stream().filter(one -> !said.contains(one)).forEach(one -> print(name, "lacks", one));
        said.stream().filter(one -> !first.contains(one)).forEach(one -> print(name, "adds", one));
    }

    private void print(String name, String what, Object value) {
        out.println(name + "\t" + what + "\t" + value.toString().replaceAll("\\s+", " "));
    }
}
