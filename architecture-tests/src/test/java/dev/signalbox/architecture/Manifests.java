package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Reads the manifests of Kubernetes as its API server does: by type, with no unknown field. */
final class Manifests {

  static final Path DIRECTORY = Repository.ROOT.resolve("deploy/kubernetes");

  private static final List<Class<? extends HasMetadata>> TYPES =
      List.of(
          ConfigMap.class,
          Deployment.class,
          Namespace.class,
          NetworkPolicy.class,
          PersistentVolumeClaim.class,
          PodDisruptionBudget.class,
          Secret.class,
          Service.class,
          ServiceAccount.class,
          StatefulSet.class);

  private static final YAMLMapper YAML = new YAMLMapper();

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .setDeserializerModifier(
                      new BeanDeserializerModifier() {
                        @Override
                        public BeanDeserializerBuilder updateBuilder(
                            DeserializationConfig config,
                            BeanDescription bean,
                            BeanDeserializerBuilder builder) {
                          // Types keep what they do not know, to pass it on; here it is an error.
                          builder.setAnySetter(null);
                          return builder;
                        }
                      }))
          .build();

  private Manifests() {}

  /** The objects of a text of one or more documents. */
  static List<HasMetadata> parse(String yaml) {
    try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
      List<HasMetadata> objects = new ArrayList<>();
      for (JsonNode document : documents.readAll()) {
        objects.add(parse(document));
      }
      return objects;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static HasMetadata parse(JsonNode document) throws JsonProcessingException {
    String kind = document.path("kind").asText();
    Class<? extends HasMetadata> type =
        TYPES.stream()
            .filter(known -> known.getSimpleName().equals(kind))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no type for " + kind));
    HasMetadata object = STRICT.treeToValue(document, type);
    assertThat(object.getApiVersion())
        .as("version of %s", kind)
        .isEqualTo(HasMetadata.getApiVersion(type));
    return object;
  }

  /** All files of manifests, without those that kustomize itself reads. */
  static Stream<Path> files() {
    return Repository.files(DIRECTORY)
        .filter(file -> file.toString().endsWith(".yaml"))
        .filter(file -> !file.endsWith("kustomization.yaml"))
        .filter(file -> !file.toString().contains("secrets"));
  }

  /**
   * The command that builds overlays, if this machine has it in a version that knows components.
   */
  static Optional<List<String>> kustomize() {
    for (List<String> command :
        List.of(List.of("kustomize", "build"), List.of("kubectl", "kustomize"))) {
      try {
        List<String> probe = new ArrayList<>(command);
        probe.add(DIRECTORY.resolve("base").toString());
        if (run(probe).exitCode() == 0) {
          return Optional.of(command);
        }
      } catch (IOException absent) {
        // The next one may be there.
      }
    }
    return Optional.empty();
  }

  /** What a program ended with. */
  record Outcome(int exitCode, String output, String errors) {}

  static Outcome run(List<String> command) throws IOException {
    Path output = Files.createTempFile("manifests", ".yaml");
    Path errors = Files.createTempFile("manifests", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
      return new Outcome(process.exitValue(), Files.readString(output), Files.readString(errors));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
