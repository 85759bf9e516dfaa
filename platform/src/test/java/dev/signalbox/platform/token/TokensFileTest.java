package dev.signalbox.platform.token;

import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.signalbox.platform.token.TokenEntry.Credential;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokensFileTest {

  /** SHA-256 of {@code example-token-of-a-test}. */
  private static final String DIGEST =
      "a2cbd06e1b2b5eb7a5da4d1cd1e0dbd5b4e7ed9f4b1a3e9be4c40ae6e7a2c05f";

  private static final String LINE = "name=alice role=operator sha256=" + DIGEST;

  @TempDir Path directory;

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("tokens"), content);
  }

  private Path file(String content) throws IOException {
    return file(content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void givenALineWithAllWords_whenParsed_thenTheTokenHasThem() {
    assertThat(
            TokensFile.parse(
                LINE
                    + " expires=2027-01-31T02:00:00+02:00 requests-per-minute=600 tasks-per-day=1000 servers-at-once=5\n"))
        .containsExactly(
            new TokenEntry(
                "alice",
                "operator",
                Credential.TOKEN,
                DIGEST,
                Instant.parse("2027-01-31T00:00:00Z"),
                new TokenLimits(600, 1000, 5)));
  }

  @Test
  void givenAToken_whenItsLineIsParsed_thenItIsTheSame() {
    TokenEntry token =
        TokenEntry.of(
            "ci",
            "worker",
            "some-token",
            Instant.parse("2027-01-31T00:00:00Z"),
            new TokenLimits(7, 1_000_000_000, 2));

    assertThat(TokensFile.parse(token.line())).containsExactly(token);
    assertThat(token.line()).doesNotContain("some-token");
  }

  @Test
  void givenALineOfACertificate_whenParsed_thenItIsOneAndWritesTheSameLine() {
    String line =
        "name=alice role=operator certificate-sha256="
            + DIGEST
            + " expires=2027-01-31T00:00:00Z requests-per-minute=600";

    List<TokenEntry> entries = TokensFile.parse(line.replace(DIGEST, DIGEST.toUpperCase(ROOT)));

    assertThat(entries)
        .extracting(TokenEntry::credential, TokenEntry::sha256, TokenEntry::line)
        .containsExactly(tuple(Credential.CERTIFICATE, DIGEST, line));
  }

  @Test
  void givenBothFormsWithCommentsMarkAndCrLf_whenParsed_thenEachLineIsAToken() {
    String text =
        "\uFEFF# tokens\r\n\r\nREADER:plain=token:of-a-reader\r\n  "
            + LINE.replace(" ", "\t")
            + "  \r\n";

    assertThat(TokensFile.parse(text))
        .extracting(TokenEntry::name, TokenEntry::role)
        .containsExactly(tuple(null, "reader"), tuple("alice", "operator"));
  }

  @Test
  void givenAPlainTokenTwice_whenParsed_thenItHasBothRoles() {
    assertThat(TokensFile.parse("worker:same-token-of-a-test\noperator:same-token-of-a-test"))
        .extracting(TokenEntry::role)
        .containsExactly("worker", "operator");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name=a role=reader|sha256 or certificate-sha256 is missing",
        "name=a role=reader sha256=DIGEST certificate-sha256=DIGEST|must not have both",
        "name=a role=reader certificate-sha256=secret|SHA-256 of the certificate, 64 hexadecimal",
        "name=a role=reader certificate-sha256=|SHA-256 of the certificate, 64 hexadecimal",
        "role=reader certificate-sha256=DIGEST|name is missing",
        "name=a role=reader certificate-sha256=DIGEST certificate-sha256=DIGEST|set twice",
        "certificate:DIGEST|ROLE:TOKEN",
        "role=reader sha256=DIGEST|name is missing",
        "name=a sha256=DIGEST|role is missing",
        "name=a role=chief sha256=DIGEST|role must be one of",
        "name=a role=READER sha256=DIGEST|role must be one of",
        "name=-a role=reader sha256=DIGEST|name must be 1 to 64 letters",
        "name= role=reader sha256=DIGEST|name must be 1 to 64 letters",
        "name=a role=reader sha256=DIGESTa|64 hexadecimal digits",
        "name=a role=reader sha256=secret|64 hexadecimal digits",
        "name=a role=reader sha256=DIGEST colour=secret|KEY=VALUE words",
        "name=a role=reader sha256=DIGEST secret|KEY=VALUE words",
        "name=a role=reader sha256=DIGEST name=b|name must not be set twice",
        "name=a role=reader sha256=DIGEST expires=2027-01-31|a time of RFC 3339",
        "name=a role=reader sha256=DIGEST expires=2027-13-31T00:00:00Z|a time of RFC 3339",
        "name=a role=reader sha256=DIGEST expires=+12027-01-31T00:00:00Z|a time of RFC 3339",
        "name=a role=reader sha256=DIGEST expires=|a time of RFC 3339",
        "name=a role=reader sha256=DIGEST requests-per-minute=0|whole number from 1 to 1000000",
        "name=a role=reader sha256=DIGEST requests-per-minute=1000001|whole number from 1",
        "name=a role=reader sha256=DIGEST requests-per-minute=1e3|whole number from 1",
        "name=a role=reader sha256=DIGEST tasks-per-day=0|tasks-per-day must be a whole number from 1",
        "name=a role=reader sha256=DIGEST tasks-per-day=1000000001|from 1 to 1000000000",
        "name=a role=reader sha256=DIGEST servers-at-once=-1|from 1 to 1000000",
        "name=a role=reader sha256=DIGEST servers-at-once=|servers-at-once must be a whole number",
        "name=a role=reader sha256=DIGEST tasks-per-day=1 tasks-per-day=2|must not be set twice",
        "c2VjcmV0LXNlY3JldA==|KEY=VALUE words",
        "chief:secret-of-this-test|ROLE:TOKEN",
        "secret-of-this-test|ROLE:TOKEN",
        "reader:secret|ROLE:TOKEN"
      })
  void givenALineThatBreaksARule_whenParsed_thenTheErrorHasLineAndRuleAndNoSecret(
      String line, String rule) {
    assertThatThrownBy(() -> TokensFile.parse("# first\n" + line.replace("DIGEST", DIGEST)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line 2: ")
        .hasMessageContaining(rule)
        .message()
        .doesNotContain("secret", "c2Vj", DIGEST);
  }

  @ParameterizedTest
  @CsvSource({
    "name=alice role=reader sha256=0000000000000000000000000000000000000000000000000000000000000000,"
        + " line 2: name must not be that of line 1",
    "name=bob role=reader sha256=DIGEST, line 2: must not have the token of line 1",
    "name=bob role=reader certificate-sha256=DIGEST,"
        + " line 2: must not have the certificate of line 1"
  })
  void givenANameOrTokenTwice_whenParsed_thenTheErrorNamesBothLines(String line, String error) {
    assertThatThrownBy(() -> TokensFile.parse(LINE + "\n" + line.replace("DIGEST", DIGEST)))
        .hasMessage(error);
  }

  @Test
  void givenANamedTokenThatIsAPlainOneToo_whenParsed_thenItIsRefusedInEitherOrder() {
    String plain = "reader:example-token-of-a-test";
    String named = TokenEntry.of("a", "admin", "example-token-of-a-test", null, 0).line();

    assertThatThrownBy(() -> TokensFile.parse(plain + "\n" + named))
        .hasMessageStartingWith("line 2: must not have");
    assertThatThrownBy(() -> TokensFile.parse(named + "\n" + plain))
        .hasMessageStartingWith("line 2: must not have");
  }

  @Test
  void givenMoreTokensThanAFileMayHave_whenParsed_thenTheErrorNamesTheLimit() {
    String text =
        IntStream.rangeClosed(0, TokensFile.MAX_TOKENS)
            .mapToObj(i -> "reader:plain-token-number-" + i)
            .collect(Collectors.joining("\n"));

    assertThatThrownBy(() -> TokensFile.parse(text))
        .hasMessageStartingWith("line 1001: ")
        .hasMessageContaining("1000 tokens");
  }

  @Test
  void givenALargestFile_whenRead_thenItsTextIsThatOfTheFile() throws IOException {
    String text = "#".repeat(TokensFile.MAX_BYTES);

    assertThat(TokensFile.text(file(text))).isEqualTo(text);
  }

  @Test
  void givenAFileBeyondTheLimit_whenRead_thenTheErrorNamesTheLimit() throws IOException {
    Path file = file("#".repeat(TokensFile.MAX_BYTES + 1));

    assertThatThrownBy(() -> TokensFile.text(file)).hasMessageContaining("at most 1048576 bytes");
  }

  @Test
  void givenBytesThatAreNoUtf8_whenRead_thenTheErrorSaysSo() throws IOException {
    Path file = file(new byte[] {'#', (byte) 0xC3});

    assertThatThrownBy(() -> TokensFile.text(file)).hasMessageContaining("UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "missing"})
  void givenADirectoryOrNoFile_whenRead_thenTheErrorSaysSo(String name) {
    assertThatThrownBy(() -> TokensFile.text(directory.resolve(name)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(name.isEmpty() ? "regular file" : "there is none");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void givenAPipeThatNobodyWrites_whenRead_thenItIsRefusedWithoutWaiting() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> TokensFile.text(pipe)).hasMessageContaining("regular file");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenALinkToAFile_whenRead_thenItsTextIsThatOfTheFile() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file(LINE));

    assertThat(TokensFile.text(link)).isEqualTo(LINE);
  }
}
