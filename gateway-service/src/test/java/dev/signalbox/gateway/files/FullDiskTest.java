package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads to a file system of 4 MiB; only where the test may mount one. */
class FullDiskTest {

  private static final int LARGE = 5_000_000;

  @TempDir Path root;
  private boolean mounted;
  private GatewayFixture gateway;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", root.toString());
    assumeTrue(
        mounted || Boolean.getBoolean("signalbox.require.all"), "no file system can be mounted");
    gateway = GatewayFixture.start(List.of(FileMain.SERVICE), "file.root", root.toString());
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    if (gateway != null) {
      gateway.close();
    }
    if (mounted) {
      assertThat(run("umount", root.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException _) {
      return false;
    }
  }

  @Test
  void givenMoreThanTheDiskHolds_whenPut_thenItIs507AndNothingIsLeft() {
    Reply full = put(LARGE);

    assertThat(full.status()).isEqualTo(507);
    assertThat(full.json().get("code").asText()).isEqualTo("INSUFFICIENT_STORAGE");
    assertThat(full.json().get("retryable").asBoolean()).isFalse();
    assertThat(full.body()).contains("no room on its disk");
    Awaitility.await()
        .untilAsserted(() ->
            assertThat(FileTree.files(root))
                .noneMatch(file -> file.getFileName().toString().startsWith(".upload-")));
    assertThat(root.resolve("large")).doesNotExist();
    assertThat(put(1_000_000).status()).isEqualTo(201);
  }

  private Reply put(int bytes) {
    return gateway.sendBytes("main", "PUT", "/api/v1/files/large", new byte[bytes]);
  }
}
