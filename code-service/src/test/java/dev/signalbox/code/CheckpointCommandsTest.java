package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.GetCheckpointReply;
import dev.signalbox.testsupport.TestPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/checkpoints.md, as they stand there, run by a shell with OpenSSL. */
class CheckpointCommandsTest {

  private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** Answers what the server would, and shows which address was asked. */
  private static final String CURL =
      "curl() { case \"$2\" in */checkpoint) cat served.json;; *) echo \"asked $2\";; esac; }\n";

  private static final ChainHash HEAD =
      ChainHash.START.next(1, "someone", "text", 1_767_225_600_000L);

  @TempDir Path directory;

  private record Outcome(int exit, String output) {}

  @BeforeEach
  void needTools() {
    List.of("sh", "openssl", "jq").forEach(TestPrograms::require);
  }

  private Outcome run(GetCheckpointReply served) throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("served.json"),
        """
        {"size": %d, "head_hash": "%s", "signed_at": "2026-01-01T00:00:00.000Z",
         "public_key": "%s", "signature": "%s", "note": "%s"}
        """
            .formatted(
                served.size(),
                served.headHash(),
                served.publicKey(),
                served.signature(),
                served.note().replace("\n", "\\n")));
    String commands =
        BLOCK
            .matcher(Files.readString(Path.of("..", "docs", "checkpoints.md")))
            .results()
            .map(block -> block.group(1))
            .collect(Collectors.joining());
    assertThat(commands).contains("openssl").contains("verify?size");
    Path output = directory.resolve("output");
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", CURL + commands)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(shell.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      shell.destroyForcibly();
    }
    return new Outcome(shell.exitValue(), Files.readString(output));
  }

  private static GetCheckpointReply checkpoint(Checkpoint.Key key, long size) {
    return Checkpoint.sign(key, size, HEAD, 1_767_225_600_000L);
  }

  @Test
  void givenACheckpoint_whenTheCommandsRun_thenItVerifiesAndTheLogIsAskedForIt() throws Exception {
    Outcome outcome = run(checkpoint(Checkpoint.Key.random(), 1));

    assertThat(outcome.output()).contains("Signature Verified Successfully");
    assertThat(outcome.output()).contains("/verify?size=1&head_hash=" + HEAD.hex() + "\n");
    assertThat(outcome.exit()).isZero();
  }

  @Test
  void givenFieldsThatDifferFromTheSignedText_whenTheCommandsRun_thenTheTextCounts()
      throws Exception {
    GetCheckpointReply signed = checkpoint(Checkpoint.Key.random(), 1);

    Outcome outcome =
        run(
            new GetCheckpointReply(
                0,
                ChainHash.START.hex(),
                signed.signedAtEpochMs(),
                signed.publicKey(),
                signed.signature(),
                signed.note()));

    assertThat(outcome.output()).contains("/verify?size=1&head_hash=" + HEAD.hex() + "\n");
  }

  @Test
  void givenAChangedText_whenTheCommandsRun_thenTheyFail() throws Exception {
    GetCheckpointReply signed = checkpoint(Checkpoint.Key.random(), 2);

    Outcome outcome =
        run(
            new GetCheckpointReply(
                1,
                signed.headHash(),
                signed.signedAtEpochMs(),
                signed.publicKey(),
                signed.signature(),
                signed.note().replace("messages\n2\n", "messages\n1\n")));

    assertThat(outcome.exit()).isNotZero();
    assertThat(outcome.output()).doesNotContain("Successfully").doesNotContain("asked");
  }

  @Test
  void givenAnotherKeyThanTheFirst_whenTheCommandsRunAgain_thenTheyFail() throws Exception {
    run(checkpoint(Checkpoint.Key.random(), 1));

    Outcome outcome = run(checkpoint(Checkpoint.Key.random(), 1));

    assertThat(outcome.exit()).isNotZero();
    assertThat(outcome.output()).doesNotContain("Successfully").doesNotContain("asked");
  }
}
