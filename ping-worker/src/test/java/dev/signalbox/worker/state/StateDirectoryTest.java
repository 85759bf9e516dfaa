package dev.signalbox.worker.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.worker.ping.PingTask;
import dev.signalbox.worker.state.WorkerState.GivenUpBlock;
import dev.signalbox.worker.state.WorkerState.LeaseRequest;
import dev.signalbox.worker.state.WorkerState.LeaseState;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

  private static final URI SITE = URI.create("http://localhost:8000");

  @TempDir Path temporary;

  private static WorkerState state(String token) {
    PingTask.Snapshot snapshot = PingTask.create(0x7f09, List.of(), new Random(1)).snapshot();
    snapshot.rtts()[17] = 42;
    return new WorkerState(
        List.of(new LeaseState("id", token, "2026-11-27T00:00:00Z", 500, List.of(snapshot))),
        new LeaseRequest("key", "{}"),
        List.of(new GivenUpBlock(257, "2026-11-27T00:00:00Z")));
  }

  private Path leasesFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().contains("leases-")).findFirst().orElseThrow();
    }
  }

  @Test
  void givenAState_whenSavedAndLoaded_thenItIsTheSame() {
    try (StateDirectory directory = StateDirectory.open(temporary.resolve("a/b"), SITE)) {
      directory.save(state("token"));

      WorkerState loaded = directory.load();

      assertThat(loaded.request()).isEqualTo(new LeaseRequest("key", "{}"));
      assertThat(loaded.givenUp()).containsExactly(new GivenUpBlock(257, "2026-11-27T00:00:00Z"));
      LeaseState lease = loaded.leases().getFirst();
      assertThat(lease.token()).isEqualTo("token");
      assertThat(lease.tasks().getFirst().rtts()[17]).isEqualTo((byte) 42);
      assertThat(PingTask.resume(lease.tasks().getFirst()).answered()).isEqualTo(1);
    }
  }

  @Test
  void givenAStateOfAnOlderWorker_whenRead_thenNoBlockIsGivenUp() throws IOException {
    WorkerState read =
        new ObjectMapper().readValue("{\"leases\":[],\"request\":null}", WorkerState.class);

    assertThat(read).isEqualTo(WorkerState.EMPTY);
  }

  @Test
  void givenADirectoryThatIsMade_whenSaved_thenOnlyItsOwnerMayRead() throws IOException {
    Path made = temporary.resolve("made");
    try (StateDirectory directory = StateDirectory.open(made, SITE)) {
      directory.save(state("token"));
      directory.contributorKey("ada", "secret");

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
          .isEqualTo("rwx------");
      for (String name : List.of(leasesFile(made).getFileName().toString(), "contributor-keys")) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve(name))))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void givenAWorkerThatRuns_whenAnotherIsStarted_thenItIsRefused() {
    try (StateDirectory _ = StateDirectory.open(temporary, SITE)) {
      assertThatThrownBy(() -> StateDirectory.open(temporary, SITE))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("--state-dir");
    }
    StateDirectory.open(temporary, SITE).close();
  }

  @Test
  void givenStatesOfTwoSites_whenLoaded_thenEachHasItsOwn() {
    URI other = URI.create("https://census.example.org");
    try (StateDirectory directory = StateDirectory.open(temporary, SITE)) {
      directory.save(state("token"));
      directory.contributorKey("ada", "secret");
    }
    try (StateDirectory directory = StateDirectory.open(temporary, other)) {
      assertThat(directory.load().leases()).isEmpty();
      assertThat(directory.contributorKey("ada")).isNull();
    }
    try (StateDirectory directory = StateDirectory.open(temporary, SITE)) {
      assertThat(directory.load().leases()).hasSize(1);
      assertThat(directory.contributorKey("ada")).isEqualTo("secret");
    }
  }

  @Test
  void givenAFileWhereTheDirectoryShouldBe_whenOpened_thenItSaysSo() throws IOException {
    Path file = Files.createFile(temporary.resolve("file"));

    assertThatThrownBy(() -> StateDirectory.open(file, SITE))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("cannot be used");
  }

  @Test
  void givenAKillBeforeTheRename_whenLoaded_thenTheStateBeforeIsThere() throws IOException {
    try (StateDirectory directory = StateDirectory.open(temporary, SITE)) {
      directory.save(state("token"));
      Path file = leasesFile(temporary);
      byte[] next = Files.readAllBytes(file);
      for (int written : new int[] {0, 1, next.length / 2, next.length}) {
        Files.write(file.resolveSibling(file.getFileName() + ".new"), Arrays.copyOf(next, written));

        assertThat(directory.load().leases().getFirst().token()).isEqualTo("token");
        directory.save(state("token"));
      }
    }
  }

  @Property(tries = 60)
  void givenAFileThatWasCutOffOrChanged_whenLoaded_thenItIsPutAsideAndTheWorkerBeginsAnew(
      @ForAll @IntRange(max = 100_000) int at, @ForAll boolean cut) throws IOException {
    Path fresh = Files.createTempDirectory("worker-state");
    try (StateDirectory directory = StateDirectory.open(fresh, SITE)) {
      directory.save(state("token"));
      Path file = leasesFile(fresh);
      byte[] content = Files.readAllBytes(file);
      int place = at % content.length;
      if (cut) {
        Files.write(file, Arrays.copyOf(content, place));
      } else {
        content[place] ^= 1;
        Files.write(file, content);
      }

      assertThat(directory.load()).isEqualTo(WorkerState.EMPTY);
      assertThat(file.resolveSibling(file.getFileName() + ".damaged")).exists();
      assertThat(file).doesNotExist();

      directory.save(state("next"));
      assertThat(directory.load().leases().getFirst().token()).isEqualTo("next");
    } finally {
      try (Stream<Path> files = Files.list(fresh)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(fresh);
    }
  }
}
