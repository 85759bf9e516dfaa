package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An overlay of deploy/kubernetes as kustomize builds it, with an operator's secrets.
 *
 * @param name its directory
 * @param objects what would be applied
 */
record Overlay(String name, List<HasMetadata> objects) {

  private static final Map<String, String> SECRETS =
      Map.of(
          "tokens", "admin:0123456789abcdef\n",
          "database.env", "url=jdbc:postgresql://db/signalbox\nuser=signalbox\npassword=secret\n",
          "keys/ca.pem", "-",
          "keys/node.pem", "-",
          "keys/node-key.pem", "-",
          "keys/secret", "-");

  /** A copy of the manifests in {@code directory}, as an operator would have them. */
  static void copyTo(Path directory) throws IOException {
    for (Path file : Repository.files(Manifests.DIRECTORY).toList()) {
      Path relative = Manifests.DIRECTORY.relativize(file);
      if (relative.toString().contains("secrets")) {
        continue; // Those of the operator of this checkout.
      }
      Path copy = directory.resolve(relative.toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
  }

  static void addSecrets(Path overlay) throws IOException {
    for (Map.Entry<String, String> secret : SECRETS.entrySet()) {
      Path file = overlay.resolve("secrets").resolve(secret.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, secret.getValue());
    }
  }

  static Overlay build(String name, List<String> kustomize) {
    try {
      Path directory = Files.createTempDirectory(Path.of("target"), "kubernetes").toAbsolutePath();
      copyTo(directory);
      addSecrets(directory.resolve(name));
      List<String> command = new ArrayList<>(kustomize);
      command.add(directory.resolve(name).toString());
      Manifests.Outcome built = Manifests.run(command);
      assertThat(built.exitCode()).as(built.errors()).isZero();
      return new Overlay(name, Manifests.parse(built.output()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T extends HasMetadata> Stream<T> all(Class<T> type) {
    return objects.stream().filter(type::isInstance).map(type::cast);
  }

  /**
   * A Deployment or a StatefulSet.
   *
   * @param selector which pods it counts as its own
   * @param template what its pods are like
   */
  record Workload(String name, LabelSelector selector, PodTemplateSpec template) {

    Container container() {
      assertThat(template.getSpec().getContainers()).hasSize(1);
      return template.getSpec().getContainers().getFirst();
    }

    Map<String, String> labels() {
      return template.getMetadata().getLabels();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  List<Workload> workloads() {
    return Stream.concat(
            all(Deployment.class)
                .map(it ->
                    new Workload(
                        it.getMetadata().getName(),
                        it.getSpec().getSelector(),
                        it.getSpec().getTemplate())),
            all(StatefulSet.class)
                .map(it ->
                    new Workload(
                        it.getMetadata().getName(),
                        it.getSpec().getSelector(),
                        it.getSpec().getTemplate())))
        .toList();
  }

  /** The environment that the kubelet would give a container. */
  Map<String, String> environment(Container container) {
    Map<String, String> environment = new HashMap<>();
    for (EnvVar variable : container.getEnv()) {
      assertThat(environment.put(variable.getName(), value(variable)))
          .as("second value of %s", variable.getName())
          .isNull();
    }
    return environment;
  }

  private String value(EnvVar variable) {
    var from = variable.getValueFrom();
    if (from == null) {
      return variable.getValue();
    }
    if (from.getFieldRef() != null) {
      assertThat(from.getFieldRef().getFieldPath()).isEqualTo("status.podIP");
      return "10.1.2.3";
    }
    if (from.getConfigMapKeyRef() != null) {
      ConfigMap map = named(ConfigMap.class, from.getConfigMapKeyRef().getName());
      assertThat(map.getData()).containsKey(from.getConfigMapKeyRef().getKey());
      return map.getData().get(from.getConfigMapKeyRef().getKey());
    }
    Secret secret = named(Secret.class, from.getSecretKeyRef().getName());
    assertThat(secret.getData()).containsKey(from.getSecretKeyRef().getKey());
    return new String(
        Base64.getDecoder().decode(secret.getData().get(from.getSecretKeyRef().getKey())),
        StandardCharsets.UTF_8);
  }

  <T extends HasMetadata> T named(Class<T> type, String wanted) {
    return all(type)
        .filter(it -> it.getMetadata().getName().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " " + wanted));
  }

  @Override
  public String toString() {
    return name;
  }
}
