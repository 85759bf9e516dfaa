package dev.signalbox.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.OpenFileReply.Missing;
import dev.signalbox.contracts.file.OpenFileRequest;
import dev.signalbox.testsupport.LongTest;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of a real cluster. */
@LongTest
class FileClusterIT {

  private final String cluster = "test-" + UUID.randomUUID();

  @TempDir Path root;

  private TestNode member(Path directory) {
    return TestNode.start(
        FileMain.SERVICE,
        Map.of(
            "file.root",
            directory.toString(),
            "platform.cluster",
            "true",
            "platform.cluster-name",
            cluster));
  }

  @Test
  void givenAReplica_whenASecondOneHasAnotherDirectory_thenItIsRefusedAndToldWhy(
      @TempDir Path other) {
    try (TestNode one = member(root)) {
      assertThatThrownBy(() -> member(other).close())
          .hasMessageContaining("another file-service")
          .hasMessageContaining("serves another directory");

      assertThat(one.call(FileContract.OPEN, new OpenFileRequest("/", List.of(), null)))
          .isEqualTo(new Missing());
    }
  }

  @Test
  void givenAReplica_whenASecondOneHasTheSameDirectory_thenBothServeIt(@TempDir Path elsewhere)
      throws Exception {
    Path link = Files.createSymbolicLink(elsewhere.resolve("mount"), root);
    try (TestNode one = member(root);
        TestNode two = member(link)) {
      assertThat(one.data()).isNotEqualTo(two.data());
    }
  }

  @Test
  void givenAReplicaThatIsGone_whenOneHasAnotherDirectory_thenItStarts(@TempDir Path other) {
    member(root).close();

    try (TestNode two = member(other)) {
      assertThat(two.data()).exists();
    }
  }
}
