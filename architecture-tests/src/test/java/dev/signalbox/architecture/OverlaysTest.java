package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.signalbox.architecture.Overlay.Workload;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.NodeConfig;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.platform.service.ServiceProvider;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code kubectl apply -k} would apply. Skipped without kubectl or kustomize, which not every
 * distribution has in a version that knows components; {@link ManifestFilesTest} needs neither.
 */
class OverlaysTest {

  private static final String MANAGEMENT =
      Repository.text(
          Repository.ROOT.resolve(
              "platform/src/main/java/dev/signalbox/platform/node/ManagementServer.java"));

  private static List<String> kustomize = List.of();
  private static Overlay single;
  private static Overlay scaled;

  @BeforeAll
  static void build() {
    Optional<List<String>> found = Manifests.kustomize();
    assumeThat(found).as("neither kubectl nor kustomize is on this machine").isPresent();
    kustomize = found.orElseThrow();
    single = Overlay.build("single-node", kustomize);
    scaled = Overlay.build("scaled", kustomize);
  }

  record Case(Overlay overlay, Workload workload) {

    Container container() {
      return workload.container();
    }

    @Override
    public String toString() {
      return overlay + " " + workload;
    }
  }

  static Stream<Case> workloads() {
    return Stream.of(single, scaled)
        .flatMap(overlay -> overlay.workloads().stream().map(it -> new Case(overlay, it)));
  }

  static Stream<Overlay> overlays() {
    return Stream.of(single, scaled);
  }

  @Test
  void givenTheScaledOverlay_whenBuilt_thenEachServiceHasAWorkload() {
    assertThat(scaled.workloads())
        .extracting(Workload::name)
        .containsExactlyInAnyOrderElementsOf(
            Repository.services().stream().map(Repository.ServiceModule::name).toList());
    assertThat(scaled.workloads())
        .allSatisfy(it -> assertThat(it.container().getArgs()).containsExactly(it.name()));
    assertThat(single.workloads())
        .singleElement()
        .satisfies(it -> assertThat(it.container().getArgs()).containsExactly("signalbox", "up"));
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void givenAWorkload_whenItStarts_thenTheServiceAcceptsItsSettings(Case one, @TempDir Path files)
      throws IOException {
    Map<String, String> environment = new HashMap<>(one.overlay().environment(one.container()));
    // These files are mounted; the services look at them as they read their settings.
    environment.computeIfPresent(
        "SIGNALBOX_GATEWAY_TOKENS_FILE",
        (_, inside) -> mounted(one, inside, files.resolve("tokens")).toString());
    List<ServiceDefinition<?>> services =
        ServiceProvider.all().stream()
            .filter(it -> one.overlay().equals(single) || it.name().equals(one.workload().name()))
            .toList();

    Configuration read = Node.configure(ConfigSource.of(null, environment, Map.of()), services);

    NodeConfig node = read.section("platform", NodeConfig.class);
    assertThat(one.workload().template().getSpec().getTerminationGracePeriodSeconds())
        .isGreaterThan(node.stopTimeout().toSeconds() + preStopSeconds(one.container()));
    assertThat(port(one.container(), "management")).isEqualTo(node.managementPort());
    assertThat(mountPaths(one.container())).contains(node.data().toString(), "/tmp");
    assertThat(environment.keySet()).allMatch(name -> name.startsWith("SIGNALBOX_"));
  }

  private static Path mounted(Case one, String inside, Path copy) {
    try {
      Path directory = Path.of(inside).getParent();
      VolumeMount mount =
          one.container().getVolumeMounts().stream()
              .filter(it -> it.getMountPath().equals(directory.toString()))
              .findFirst()
              .orElseThrow();
      Volume volume =
          one.workload().template().getSpec().getVolumes().stream()
              .filter(it -> it.getName().equals(mount.getName()))
              .findFirst()
              .orElseThrow();
      Secret secret = one.overlay().named(Secret.class, volume.getSecret().getSecretName());
      String content = secret.getData().get(Path.of(inside).getFileName().toString());
      return Files.write(copy, Base64.getDecoder().decode(content));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long preStopSeconds(Container container) {
    return container.getLifecycle() == null
        ? 0
        : Long.parseLong(container.getLifecycle().getPreStop().getExec().getCommand().getLast());
  }

  private static Set<String> mountPaths(Container container) {
    return container.getVolumeMounts().stream()
        .map(VolumeMount::getMountPath)
        .collect(Collectors.toSet());
  }

  private static int port(Container container, String name) {
    return container.getPorts().stream()
        .filter(it -> it.getName().equals(name))
        .mapToInt(ContainerPort::getContainerPort)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no port " + name));
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void givenAWorkload_whenProbed_thenThePathsExist(Case one) {
    Container container = one.container();
    for (Probe probe :
        List.of(
            container.getStartupProbe(),
            container.getLivenessProbe(),
            container.getReadinessProbe())) {
      assertThat(MANAGEMENT).contains("case \"" + probe.getHttpGet().getPath() + "\"");
      assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("management");
    }
    // A restart mends no database.
    assertThat(container.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/health/live");
    assertThat(container.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/health/ready");
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void givenAWorkload_whenItRuns_thenItMayDoNoMoreThanItNeeds(Case one) {
    var pod = one.workload().template().getSpec();
    var container = one.container().getSecurityContext();

    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(10001);
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    // Else SIGNALBOX_…_PORT of a Service is read as a setting.
    assertThat(pod.getEnableServiceLinks()).isFalse();
    assertThat(container.getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(one.container().getResources().getLimits()).containsKey("memory");
    assertThat(one.container().getResources().getRequests()).containsKeys("cpu", "memory");
  }

  @Test
  void givenAllWorkloads_whenBuilt_thenTheyRunOneImage() {
    assertThat(workloads().map(it -> it.container().getImage()).distinct()).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void givenAWorkload_whenBuilt_thenItsSelectorIsItsOwnAlone(Case one) {
    assertThat(selected(one.overlay(), one.workload().selector())).containsExactly(one.workload());
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void givenAWorkload_whenBuilt_thenItsVolumesAreThere(Case one) {
    List<String> names =
        one.workload().template().getSpec().getVolumes().stream().map(Volume::getName).toList();
    assertThat(names).doesNotHaveDuplicates();
    for (Volume volume : one.workload().template().getSpec().getVolumes()) {
      if (volume.getSecret() != null) {
        one.overlay().named(Secret.class, volume.getSecret().getSecretName());
      } else if (volume.getPersistentVolumeClaim() != null) {
        one.overlay()
            .named(PersistentVolumeClaim.class, volume.getPersistentVolumeClaim().getClaimName());
      }
    }
    List<String> wanted =
        one.container().getVolumeMounts().stream().map(VolumeMount::getName).toList();
    List<String> given = new ArrayList<>(names);
    one.overlay()
        .all(StatefulSet.class)
        .filter(it -> it.getMetadata().getName().equals(one.workload().name()))
        .flatMap(it -> it.getSpec().getVolumeClaimTemplates().stream())
        .forEach(claim -> given.add(claim.getMetadata().getName()));
    assertThat(given).containsExactlyInAnyOrderElementsOf(wanted);
  }

  private static List<Workload> selected(Overlay overlay, LabelSelector selector) {
    Map<String, String> labels =
        selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    return selected(overlay, labels);
  }

  private static List<Workload> selected(Overlay overlay, Map<String, String> labels) {
    return overlay.workloads().stream()
        .filter(it -> it.labels().entrySet().containsAll(labels.entrySet()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void givenAService_whenBuilt_thenItsPortsAreThoseOfItsPods(Overlay overlay) {
    assertThat(overlay.all(Service.class)).isNotEmpty();
    overlay
        .all(Service.class)
        .forEach(service -> {
          List<Workload> pods = selected(overlay, service.getSpec().getSelector());
          assertThat(pods).as(service.getMetadata().getName()).isNotEmpty();
          for (ServicePort port : service.getSpec().getPorts()) {
            assertThat(pods)
                .allSatisfy(pod ->
                    assertThat(port(pod.container(), port.getTargetPort().getStrVal()))
                        .isEqualTo(port.getPort()));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void givenTheGateway_whenBuilt_thenItsPortsAreItsDoors(Overlay overlay) {
    Workload gateway =
        selected(overlay, Map.of("signalbox/gateway", "true")).stream().findFirst().orElseThrow();
    Map<String, String> doors =
        Map.of(
            "main", "gateway.port",
            "tasks", "gateway.tasks-port",
            "codes", "gateway.codes-port",
            "messages", "gateway.messages-port");
    Configuration read =
        Node.configure(ConfigSource.of(null, Map.of(), Map.of()), ServiceProvider.all());
    Map<String, String> values = new HashMap<>();
    read.effective().forEach(setting -> values.put(setting.key(), setting.value()));

    doors.forEach((name, key) ->
        assertThat(values).containsEntry(key, String.valueOf(port(gateway.container(), name))));
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void givenAPolicyOrABudget_whenBuilt_thenItIsAboutPodsThatExist(Overlay overlay) {
    overlay
        .all(NetworkPolicy.class)
        .forEach(policy ->
            assertThat(selected(overlay, policy.getSpec().getPodSelector()))
                .as(policy.getMetadata().getName())
                .isNotEmpty());
    overlay
        .all(PodDisruptionBudget.class)
        .forEach(budget ->
            assertThat(selected(overlay, budget.getSpec().getSelector()))
                .as(budget.getMetadata().getName())
                .singleElement()
                .extracting(Workload::name)
                .isEqualTo(budget.getMetadata().getName()));
  }

  @ParameterizedTest
  @MethodSource("overlays")
  void givenAnOverlay_whenBuilt_thenWhatNoPolicyAllowsIsDenied(Overlay overlay) {
    NetworkPolicy deny = overlay.named(NetworkPolicy.class, "default-deny");
    assertThat(deny.getSpec().getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress");
    assertThat(deny.getSpec().getIngress()).isEmpty();
    assertThat(deny.getSpec().getEgress()).isEmpty();
    assertThat(deny.getSpec().getPodSelector().getMatchLabels()).isNullOrEmpty();
  }

  @Test
  void givenPodsWithADatabase_whenBuilt_thenThePolicyAllowsItToThemAlone() {
    List<Workload> allowed = selected(scaled, Map.of("signalbox/database", "true"));
    List<Workload> wanting =
        scaled.workloads().stream()
            .filter(it -> scaled.environment(it.container()).containsKey("SIGNALBOX_STORAGE_URL"))
            .toList();
    assertThat(allowed).containsExactlyInAnyOrderElementsOf(wanting);
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "scaled"})
  void givenNoSecrets_whenBuilt_thenItFailsAndNamesTheFile(String overlay, @TempDir Path directory)
      throws IOException {
    Overlay.copyTo(directory);
    List<String> command = new ArrayList<>(kustomize);
    command.add(directory.resolve(overlay).toString());

    Manifests.Outcome built = Manifests.run(command);

    assertThat(built.exitCode()).isNotZero();
    assertThat(built.errors()).contains("secrets/tokens");
    assertThat(built.output()).isEmpty();
  }
}
