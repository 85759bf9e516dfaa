package dev.signalbox.cli.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.platform.token.TokensFile;
import dev.signalbox.testsupport.TestAuthority;
import dev.signalbox.testsupport.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenFileCommandTest {

  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00.5Z");
  private static final String ALICE = TokenEntry.of("alice", "admin", "t", null, 0).line();

  @TempDir Path directory;
  private Path file;

  private record Said(int code, String out, String err) {

    JsonNode json() throws IOException {
      return new JsonMapper().readTree(out);
    }
  }

  @BeforeEach
  void name() {
    file = directory.resolve("tokens");
  }

  private static Said run(String... arguments) throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new TokenFileCommand(
                List.of(arguments),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> NOW)
            .run();
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Said make(String name, String... more) throws InterruptedException {
    List<String> all =
        new ArrayList<>(List.of("make", "--name", name, "--role", "reader", "--file", file + ""));
    all.addAll(List.of(more));
    return run(all.toArray(String[]::new));
  }

  private List<TokenEntry> tokens() throws IOException {
    return TokensFile.parse(TokensFile.text(file));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void givenNoFile_whenATokenIsMade_thenTheFileHasItsDigestAndIsForItsOwnerAlone()
      throws Exception {
    Said said =
        make(
            "ci",
            "--expires",
            "30d",
            "--requests-per-minute",
            "600",
            "--tasks-per-day",
            "1000000000",
            "--servers-at-once",
            "5",
            "--json");

    assertThat(said.code()).isZero();
    String token = said.json().path("token").asText();
    assertThat(token).matches("[A-Za-z0-9_-]{43}");
    assertThat(tokens())
        .containsExactly(
            TokenEntry.of(
                "ci",
                "reader",
                token,
                Instant.parse("2026-12-29T12:00:00Z"),
                new TokenLimits(600, 1_000_000_000, 5)));
    assertThat(file).content().doesNotContain(token);
    assertThat(names()).containsExactly("tokens", "tokens.lock");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenFiles_whenATokenIsMade_thenANewOneHas0600AndAnOldOneKeepsItsMode() throws Exception {
    make("one");
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    make("two");
    run("revoke", "one", "--file", file.toString());

    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
  }

  @Test
  void givenText_whenATokenIsMade_thenItIsPrintedOnceForTheCaller() throws Exception {
    Said said = make("ci");

    String token = said.out().lines().findFirst().orElseThrow();
    assertThat(said.out()).contains("export SIGNALBOX_TOKEN=" + token, "digest as ci");
    assertThat(tokens()).containsExactly(TokenEntry.of("ci", "reader", token, null, 0));
  }

  @Test
  void givenALastLineWithoutEnd_whenATokenIsMade_thenTheNewOneHasALineOfItsOwn() throws Exception {
    Files.writeString(file, "# mine\r\n" + ALICE);

    make("bob");

    assertThat(file).content().startsWith("# mine\r\n" + ALICE + "\nname=bob ");
  }

  @ParameterizedTest
  @CsvSource({"make", "revoke"})
  void givenANameThatIsTakenOrNotThere_whenUsed_thenItIsRefusedAndNothingChanges(String what)
      throws Exception {
    Files.writeString(file, ALICE);

    Said said =
        what.equals("make")
            ? make("alice", "--json")
            : run("revoke", "bob", "--file", file.toString(), "--json");

    assertThat(said.code()).isEqualTo(22);
    assertThat(said.json().path("error").path("code").asText())
        .isEqualTo(what.equals("make") ? "CONFLICT" : "NOT_FOUND");
    assertThat(file).content().isEqualTo(ALICE);
  }

  @Test
  void givenAToken_whenRevoked_thenAllOtherLinesStay() throws Exception {
    String bob = TokenEntry.of("bob", "reader", "b", null, 0).line();
    String before = "\uFEFF# alice is on holiday\r\n\r\nreader:plain-token-of-a-reader\r\n";
    Files.writeString(file, before + ALICE + "\r\n" + bob + "\n# end");

    Said said = run("revoke", "alice", "--file", file.toString());

    assertThat(said.out()).isEqualTo("revoked alice\n");
    assertThat(file).content().isEqualTo(before + bob + "\n# end");
  }

  @Test
  void givenTokens_whenListed_thenTheTableHasAllButSecrets() throws Exception {
    String old =
        TokenEntry.of(
                "old",
                "worker",
                "o",
                Instant.parse("2026-11-29T12:00:00Z"),
                new TokenLimits(60, 1000, 5))
            .line();
    Files.writeString(
        file,
        "admin:plain-token-of-an-admin\n"
            + ALICE
            + "\nname=gate role=reader certificate-sha256="
            + "ab".repeat(32)
            + "\n"
            + old);

    Said said = run("list", "--file", file.toString());

    assertThat(said.out().lines())
        .containsExactly(
            "NAME   ROLE    CREDENTIAL   EXPIRES               PER MINUTE  TASKS A DAY  SERVERS "
                + " STATE",
            "-      admin   token        never                          -            -        - "
                + " valid",
            "alice  admin   token        never                          -            -        - "
                + " valid",
            "gate   reader  certificate  never                          -            -        - "
                + " valid",
            "old    worker  token        2026-11-29T12:00:00Z          60         1000        5 "
                + " expired");
  }

  @Test
  void givenTokens_whenListedAsJson_thenEachIsALine() throws Exception {
    Files.writeString(file, "admin:plain-token-of-an-admin\n" + ALICE);

    assertThat(run("list", "--file", file.toString(), "--json").out().lines())
        .containsExactly(
            "{\"name\":null,\"role\":\"admin\",\"credential\":\"token\","
                + "\"certificate_sha256\":null,\"expires_at\":null,\"requests_per_minute\":null,"
                + "\"tasks_per_day\":null,\"servers_at_once\":null,\"state\":\"valid\"}",
            "{\"name\":\"alice\",\"role\":\"admin\",\"credential\":\"token\","
                + "\"certificate_sha256\":null,\"expires_at\":null,"
                + "\"requests_per_minute\":null,"
                + "\"tasks_per_day\":null,\"servers_at_once\":null,\"state\":\"valid\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "--expires, 30, a period such as",
    "--expires, 0d, must be in the future",
    "--expires, 3651d, at most 3650d",
    "--expires, 99999999d, at most 3650d",
    "--expires, 2026-11-29T12:00:00Z, must be in the future",
    "--expires, 2027-02-30T12:00:00Z, a period such as",
    "--tasks-per-day, 0, a whole number from 1 to 1000000000",
    "--tasks-per-day, 1000000001, a whole number from 1 to 1000000000",
    "--servers-at-once, 1000001, a whole number from 1 to 1000000",
    "--requests-per-minute, 0, a whole number from 1 to 1000000",
    "--name, a b, must be 1 to 64 letters",
    "--role, chief, must be one of",
    "--frequency, 1, Unknown option"
  })
  void givenAWrongArgument_whenATokenIsMade_thenTheErrorNamesItAndThereIsNoFile(
      String option, String value, String error) {
    assertThatThrownBy(() -> make("ci", option, value))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(option)
        .hasMessageContaining(error);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"make --name a --role reader", "list", "revoke a", "make --file f"})
  void givenAMissingArgument_whenRun_thenTheErrorNamesIt(String line) {
    assertThatThrownBy(() -> run(line.split(" ", -1)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is missing; see signalbox token ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"make --name a --role reader", "list", "revoke a"})
  void givenAFileWithAnError_whenRun_thenTheErrorNamesTheLineAndNothingChanges(String line)
      throws Exception {
    Files.writeString(file, "# x\nchief:secret-of-this-test");

    assertThatThrownBy(() -> run((line + " --file " + file).split(" ", -1)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(file + ": line 2: ")
        .message()
        .doesNotContain("secret-of");
    assertThat(file).content().isEqualTo("# x\nchief:secret-of-this-test");
  }

  @ParameterizedTest
  @ValueSource(strings = {"make --name a --role reader", "list", "revoke a"})
  void givenADirectory_whenRun_thenItIsRefusedAndNothingIsMadeBesideIt(String line)
      throws Exception {
    Files.createDirectory(file);

    assertThatThrownBy(() -> run((line + " --file " + file).split(" ", -1)))
        .hasMessageContaining("must be a regular file");
    assertThat(names()).containsExactly("tokens");
  }

  @Test
  void givenADirectoryThatIsMissing_whenATokenIsMade_thenItIsAWriteError() throws Exception {
    file = directory.resolve("none/tokens");

    Said said = make("ci");

    assertThat(said.code()).isEqualTo(23);
    assertThat(said.err()).startsWith("Error: cannot write " + file);
    assertThat(said.out()).isEmpty();
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenALink_whenATokenIsMade_thenTheLinkStaysAndItsFileHasTheToken() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), ALICE + "\n");
    Files.createSymbolicLink(file, target);

    make("ci");

    assertThat(file).isSymbolicLink();
    assertThat(TokensFile.parse(Files.readString(target)))
        .extracting(TokenEntry::name)
        .containsExactly("alice", "ci");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void givenALinkToNothing_whenATokenIsMade_thenItIsRefused() throws Exception {
    Files.createSymbolicLink(file, directory.resolve("gone"));

    assertThatThrownBy(() -> make("ci")).hasMessageContaining("there is none");
    assertThat(names()).containsExactly("tokens");
  }

  private static final TestAuthority AUTHORITY = TestAuthority.named("clients");
  private static final Instant CERTIFICATE_END = Instant.parse("2027-06-30T10:00:00Z");

  private static TestCertificate issued() {
    return AUTHORITY.issue("ci,O=Example", NOW.minusSeconds(60), CERTIFICATE_END);
  }

  private String pem(String content) throws IOException {
    return Files.writeString(directory.resolve("client.pem"), content).toString();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void givenACertificateWithKeyOrChain_whenNamed_thenTheLineHasTheDigestOfTheFirst(
      boolean key, boolean chain) throws Exception {
    TestCertificate certificate = issued();
    String pem =
        (key ? certificate.keyPem() : "")
            + "Bag Attributes\n"
            + certificate.certificatePem()
            + (chain ? AUTHORITY.certificatePem() : "");

    Said said = make("ci", "--certificate", pem(pem), "--tasks-per-day", "7");

    assertThat(said.code()).isZero();
    TokenEntry entry =
        TokenEntry.of(
            "ci", "reader", certificate.certificate(), CERTIFICATE_END, new TokenLimits(0, 7, 0));
    assertThat(tokens()).containsExactly(entry);
    assertThat(said.out()).startsWith(entry.line() + "\n").contains("O=Example", "--cert");
    assertThat(said.out()).doesNotContain("PRIVATE", "SIGNALBOX_TOKEN");
  }

  @Test
  void givenACertificate_whenNamedWithJson_thenTheDocumentHasDigestSubjectAndEnd()
      throws Exception {
    TestCertificate certificate = issued();

    JsonNode said = make("ci", "--certificate", pem(certificate.certificatePem()), "--json").json();

    assertThat(said.path("credential").asText()).isEqualTo("certificate");
    assertThat(said.path("certificate_sha256").asText())
        .isEqualTo(TokenEntry.digest(certificate.certificate()));
    assertThat(said.path("subject").asText()).isEqualTo("CN=ci,O=Example");
    assertThat(said.path("expires_at").asText()).isEqualTo(CERTIFICATE_END.toString());
    assertThat(said.has("token")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "2027-01-31T00:00:00Z, 2027-01-31T00:00:00Z",
    "2028-01-31T00:00:00Z, 2027-06-30T10:00:00Z"
  })
  void givenACertificateAndAnEnd_whenNamed_thenTheEarlierEndCounts(String expires, Instant end)
      throws Exception {
    make("ci", "--certificate", pem(issued().certificatePem()), "--expires", expires);

    assertThat(tokens()).extracting(TokenEntry::expires).containsExactly(end);
  }

  @Test
  void givenACertificateOfAnotherLine_whenNamed_thenItIsRefusedAndNothingChanges()
      throws Exception {
    String pem = pem(issued().certificatePem());
    make("ci", "--certificate", pem);
    String before = Files.readString(file);

    assertThatThrownBy(() -> make("other", "--certificate", pem))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("line 2: must not have the certificate of line 1");
    assertThat(file).content().isEqualTo(before);
  }

  @Test
  void givenALineOfACertificate_whenRevoked_thenItIsGone() throws Exception {
    make("ci", "--certificate", pem(issued().certificatePem()));

    run("revoke", "ci", "--file", file.toString());

    assertThat(tokens()).isEmpty();
  }

  static Stream<Arguments> noCertificates() {
    TestCertificate certificate = issued();
    String pem = certificate.certificatePem();
    return Stream.of(
        Arguments.of("", "has no certificate in PEM"),
        Arguments.of("0\u0082\u0001", "has no certificate in PEM"),
        Arguments.of(certificate.keyPem(), "has a private key and no certificate"),
        Arguments.of(pem.substring(0, pem.length() - 30), "has no certificate in PEM"),
        Arguments.of(pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"), "has no certificate"),
        Arguments.of(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "has a malformed certificate"),
        Arguments.of(
            AUTHORITY.issue("old", NOW.minusSeconds(60), NOW.minusSeconds(1)).certificatePem(),
            "--certificate has expired at 2026-11-29T11:59:59Z"),
        Arguments.of("#".repeat((1 << 20) + 1), "must be a file of at most 1048576 bytes"));
  }

  @ParameterizedTest
  @MethodSource("noCertificates")
  void givenAFileWithoutACertificateThatIsValid_whenNamed_thenTheErrorSaysWhy(
      String content, String error) throws Exception {
    String pem = pem(content);

    assertThatThrownBy(() -> make("ci", "--certificate", pem))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--certificate")
        .hasMessageContaining(error);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.pem", ""})
  void givenNoFileOfACertificate_whenNamed_thenTheErrorSaysSo(String name) {
    assertThatThrownBy(() -> make("ci", "--certificate", directory.resolve(name).toString()))
        .hasMessageContaining("must be a regular file");
    assertThat(file).doesNotExist();
  }

  @Test
  void givenManyAtOnce_whenEachMakesAToken_thenNoneIsLost() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Said>> calls =
          IntStream.range(0, 24).<Callable<Said>>mapToObj(i -> () -> make("t" + i)).toList();
      for (Future<Said> call : threads.invokeAll(calls)) {
        assertThat(call.get().code()).isZero();
      }
    }

    assertThat(tokens()).hasSize(24);
  }
}
