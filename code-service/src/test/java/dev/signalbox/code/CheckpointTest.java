package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.drafts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.code.GetCheckpointReply;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class CheckpointTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  private Fixture fixture;
  private Database database;
  private MessageStore store;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, engine, directory);
    database = fixture.database();
    store = new MessageStore(database, InstantSource.system());
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static GetCheckpointReply checkpoint(Database at) {
    return await(
        new CheckpointSigner(at, InstantSource.fixed(Instant.ofEpochMilli(1_000))).checkpoint());
  }

  private static String text(GetCheckpointReply checkpoint) {
    return checkpoint.note().substring(0, checkpoint.note().indexOf("\n\n") + 1);
  }

  private static boolean verifies(GetCheckpointReply checkpoint, String text)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new X509EncodedKeySpec(Base64.getDecoder().decode(checkpoint.publicKey()))));
    signature.update(text.getBytes(UTF_8));
    return signature.verify(Base64.getDecoder().decode(checkpoint.signature()));
  }

  private VerifyMessagesReply verify(GetCheckpointReply checkpoint) {
    return verify(checkpoint, Path.of("no-such-file"));
  }

  private VerifyMessagesReply verify(GetCheckpointReply checkpoint, Path file) {
    return await(
        new ChainVerifier(database, ChainVerifier.Slice.USUAL, file)
            .verify(
                new VerifyMessagesRequest(checkpoint.size(), checkpoint.headHash()),
                Call.within(Duration.ofSeconds(30))));
  }

  @Test
  void givenMessages_whenACheckpointIsSigned_thenItSaysHowTheyStand() throws Exception {
    String head = await(store.store(drafts(3))).messages().getLast().hash().hex();

    GetCheckpointReply checkpoint = checkpoint(database);

    assertThat(checkpoint.size()).isEqualTo(3);
    assertThat(checkpoint.headHash()).isEqualTo(head);
    assertThat(text(checkpoint))
        .isEqualTo(
            "signalbox/messages\n3\n"
                + Base64.getEncoder().encodeToString(java.util.HexFormat.of().parseHex(head))
                + "\nsigned-at 1000\n");
    assertThat(verifies(checkpoint, text(checkpoint))).isTrue();
  }

  @Test
  void givenNoMessages_whenACheckpointIsSigned_thenItIsOfTheEmptyLog() throws Exception {
    GetCheckpointReply checkpoint = checkpoint(database);

    assertThat(checkpoint.size()).isZero();
    assertThat(checkpoint.headHash()).isEqualTo("0".repeat(64));
    assertThat(verifies(checkpoint, text(checkpoint))).isTrue();
  }

  @Test
  void givenASignedText_whenItIsChanged_thenTheSignatureIsNotOfIt() throws Exception {
    await(store.store(drafts(3)));

    GetCheckpointReply checkpoint = checkpoint(database);

    assertThat(verifies(checkpoint, text(checkpoint).replace("\n3\n", "\n2\n"))).isFalse();
  }

  @Test
  void givenReplicas_whenTheyMakeTheKeyAtOnce_thenAllSignWithOne() {
    Database other = fixture.database();

    List<GetCheckpointReply> signed =
        await(
                Future.all(
                    new CheckpointSigner(database, InstantSource.system()).checkpoint(),
                    new CheckpointSigner(other, InstantSource.system()).checkpoint()))
            .list();

    assertThat(signed.stream().map(GetCheckpointReply::publicKey).distinct()).hasSize(1);
    assertThat(checkpoint(other).publicKey()).isEqualTo(signed.getFirst().publicKey());
  }

  @Test
  void givenACheckpoint_whenMessagesFollow_thenItsStateIsTheBeginning() {
    await(store.store(drafts(3)));
    GetCheckpointReply checkpoint = checkpoint(database);
    await(store.store(drafts(2)));

    assertThat(verify(checkpoint).consistent()).isTrue();
  }

  @Test
  void givenACheckpoint_whenTheLogIsCutCleanly_thenTheCheckpointProvesIt() {
    await(store.store(drafts(2)));
    GetCheckpointReply before = checkpoint(database);
    await(store.store(drafts(3)));
    GetCheckpointReply after = checkpoint(database);
    await(
        database.write(session ->
            session.update("DELETE FROM message WHERE id > 2")
                + session.update(
                    "UPDATE message_head SET id = 2,"
                        + " hash = (SELECT hash FROM message WHERE id = 2)")));

    assertThat(verify(after).intact()).isTrue();
    assertThat(verify(after).consistent()).isFalse();
    assertThat(verify(before).consistent()).isTrue();
  }

  @Test
  void givenACheckpoint_whenTheLogFileIsCutToo_thenAllLooksWholeButTheCheckpointProvesIt()
      throws Exception {
    Path file = directory.resolve(MessageLog.FILE_NAME);
    MessageLog log = new MessageLog(fixture.vertx(), file, store);
    await(store.store(drafts(5)));
    await(log.follow());
    await(log.close());
    GetCheckpointReply kept = checkpoint(database);
    await(
        database.write(session ->
            session.update("DELETE FROM message WHERE id > 2")
                + session.update(
                    "UPDATE message_head SET id = 2,"
                        + " hash = (SELECT hash FROM message WHERE id = 2)")));
    Files.write(file, Files.readAllLines(file).subList(0, 2));

    VerifyMessagesReply found = verify(kept, file);

    assertThat(found.intact()).isTrue();
    assertThat(found.file().intact()).isTrue();
    assertThat(found.consistent()).isFalse();
  }

  @Test
  void givenACheckpoint_whenTheLogIsCutAndGrowsAsLongAgain_thenTheCheckpointProvesIt() {
    await(store.store(drafts(5)));
    GetCheckpointReply kept = checkpoint(database);
    await(
        database.write(session ->
            session.update("DELETE FROM message WHERE id > 4")
                + session.update(
                    "UPDATE message_head SET id = 4,"
                        + " hash = (SELECT hash FROM message WHERE id = 4)")));
    await(store.store(List.of(Fixture.draft("another fifth"), Fixture.draft("sixth"))));

    assertThat(verify(kept).intact()).isTrue();
    assertThat(verify(kept).consistent()).isFalse();
  }

  @Test
  void theSignatureLineNamesTheKeyAsSignedNotesDo() throws Exception {
    GetCheckpointReply checkpoint = checkpoint(database);

    String line = checkpoint.note().substring(text(checkpoint).length() + 1);
    assertThat(line).startsWith("\u2014 signalbox/messages ").endsWith("\n");
    byte[] encoded = Base64.getDecoder().decode(line.substring(21).strip());
    assertThat(encoded).hasSize(4 + 64);
    assertThat(java.util.Arrays.copyOfRange(encoded, 4, 68))
        .isEqualTo(Base64.getDecoder().decode(checkpoint.signature()));
  }
}
