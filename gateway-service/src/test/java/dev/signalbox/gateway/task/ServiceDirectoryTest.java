package dev.signalbox.gateway.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.TaskType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServiceDirectoryTest {

  private final AtomicLong now = new AtomicLong();
  private final ServiceDirectory directory =
      new ServiceDirectory(TimeUnit.SECONDS.toNanos(6), now::get);

  private static Announcement instance(String node, String state, String... tasks) {
    List<TaskType> types =
        List.of(tasks).stream()
            .map(name ->
                new TaskType(
                    name, List.of(name + "_alias"), "", Map.of(), "some.thing", 1_000, true))
            .toList();
    return new Announcement(
        "some-service",
        node,
        "host",
        "1",
        0,
        state,
        List.of("some.thing"),
        types,
        new Announcement.Load(0, 0, 0, null, null),
        null);
  }

  @Test
  void aTaskIsFoundByNameAndAliasWhileItsServiceIsReady() {
    directory.onAnnouncement(instance("n1", "ready", "work"));

    assertThat(directory.catalogue().find("work")).isNotNull();
    assertThat(directory.catalogue().find("work_alias")).isNotNull();
    assertThat(directory.catalogue().names()).containsExactly("work");

    directory.onAnnouncement(instance("n1", "draining", "work"));
    assertThat(directory.catalogue().find("work")).isNull();
    assertThat(directory.catalogue().serviceOf("work")).isEqualTo("some-service");
  }

  @Test
  void anInstanceSilentForThreePeriodsIsGoneAndItsTaskRemembered() {
    directory.onAnnouncement(instance("n1", "ready", "work"));
    directory.onAnnouncement(instance("n2", "ready", "work"));

    now.addAndGet(TimeUnit.SECONDS.toNanos(4));
    directory.onAnnouncement(instance("n2", "ready", "work"));
    now.addAndGet(TimeUnit.SECONDS.toNanos(4));
    directory.sweep();
    assertThat(directory.live()).extracting(Announcement::node).containsExactly("n2");
    assertThat(directory.catalogue().find("work")).isNotNull();

    now.addAndGet(TimeUnit.SECONDS.toNanos(4));
    directory.sweep();
    assertThat(directory.live()).isEmpty();
    assertThat(directory.catalogue().find("work")).isNull();
    assertThat(directory.catalogue().serviceOf("work_alias")).isEqualTo("some-service");
  }

  @Test
  void anInstanceThatSaysItIsOverIsGoneAtOnce() {
    directory.onAnnouncement(instance("n1", "ready", "work"));
    directory.onAnnouncement(instance("n1", "stopped", "work"));

    assertThat(directory.live()).isEmpty();
  }

  @Test
  void anOfferThatChangesIsSeen() {
    directory.onAnnouncement(instance("n1", "ready", "work"));
    directory.onAnnouncement(instance("n1", "ready", "work", "more"));

    assertThat(directory.catalogue().names()).containsExactly("more", "work");
  }

  @Test
  void aNameNobodyEverOfferedIsNobodysButThatOfAKnownServiceIsIts() {
    assertThat(directory.catalogue().serviceOf("no_such")).isNull();
    assertThat(directory.catalogue().serviceOf("http_get")).isEqualTo("http-probe-service");
  }
}
