package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.drafts;
import static dev.signalbox.code.Fixture.fault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
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
class ChainVerifierTest {

  /** A message at a time, so that a walk has as many slices as a long log. */
  private static final ChainVerifier.Slice SMALLEST = new ChainVerifier.Slice(1, Duration.ZERO);

  @Parameter Engine engine;
  @TempDir Path directory;
  Fixture fixture;
  Database database;
  MessageStore store;
  ChainVerifier verifier;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, engine, directory);
    database = fixture.database();
    store = new MessageStore(database, InstantSource.system());
    verifier = new ChainVerifier(database, SMALLEST, directory.resolve(MessageLog.FILE_NAME));
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private static Call patient() {
    return Call.within(Duration.ofSeconds(30));
  }

  private Future<VerifyMessagesReply> verify(Call call) {
    return verifier.verify(VerifyMessagesRequest.ALL, call);
  }

  private VerifyMessagesReply verify() {
    return await(verify(patient()));
  }

  /** Whether a state of so many messages and that head is the beginning of the log. */
  private Boolean consistent(long size, String headHash) {
    VerifyMessagesRequest request = new VerifyMessagesRequest(size, headHash);
    return Objects.requireNonNull(await(verifier.verify(request, patient())).consistent());
  }

  /** Keeps both readers busy until released, so that walks wait. */
  private CountDownLatch holdReaders() {
    CountDownLatch release = new CountDownLatch(1);
    for (int i = 0; i < 2; i++) {
      database.read(session -> {
        release.await();
        return true;
      });
    }
    return release;
  }

  @Test
  void aWalkOfManySlicesComesToItsEnd() {
    await(store.store(drafts(10_000)));

    VerifyMessagesReply reply = await(verify(patient()));

    assertThat(reply.intact()).isTrue();
    assertThat(reply.messages()).isEqualTo(10_000);
  }

  @Test
  void aBreakBetweenTwoSlicesIsFound() {
    await(store.store(drafts(10)));
    await(
        database.write(session -> session.update("UPDATE message SET stored_at = 1 WHERE id = 7")));

    assertThat(await(verify(patient())).firstBreak()).isEqualTo(7);
  }

  @Test
  void messagesStoredDuringAWalkDoNotPassForABreak() {
    await(store.store(drafts(500)));
    Future<VerifyMessagesReply> reply = verify(patient());

    await(store.store(drafts(500)));

    assertThat(await(reply).intact()).isTrue();
    assertThat(await(verify(patient())).messages()).isEqualTo(1_000);
  }

  @Test
  void whoAsksDuringAWalkIsToldWhatWasStoredBefore() throws Exception {
    await(store.store(drafts(3)));
    CountDownLatch release = holdReaders();
    Future<VerifyMessagesReply> first = verify(patient());
    await(store.store(drafts(3)));
    List<Future<VerifyMessagesReply>> later = List.of(verify(patient()), verify(patient()));

    release.countDown();

    assertThat(await(first).intact()).isTrue();
    assertThat(later).allSatisfy(one -> assertThat(await(one).messages()).isEqualTo(6));
  }

  @Test
  void aWalkThatCannotEndInTimeFailsAndTheNextOneRuns() {
    await(store.store(drafts(100)));

    assertThat(fault(verify(Call.within(Duration.ZERO))).code()).isEqualTo(ErrorCode.TIMEOUT);
    assertThat(await(verify(patient())).messages()).isEqualTo(100);
  }

  @Test
  void aWalkNobodyWaitsForEndsEarly() {
    await(store.store(drafts(100)));
    CountDownLatch release = holdReaders();
    Cancellation left = Bus.on(fixture.vertx()).cancellable();
    Future<VerifyMessagesReply> unwanted = verify(patient().with(left));

    left.request();
    release.countDown();

    assertThat(fault(unwanted).code()).isEqualTo(ErrorCode.TIMEOUT);
  }

  @Test
  void aWalkGoesOnWhileOneOfThoseWhoSharedItWaits() {
    await(store.store(drafts(100)));
    CountDownLatch release = holdReaders();
    Future<VerifyMessagesReply> first = verify(patient());
    Cancellation left = Bus.on(fixture.vertx()).cancellable();
    Future<VerifyMessagesReply> unwanted = verify(patient().with(left));
    Future<VerifyMessagesReply> wanted = verify(patient());

    left.request();
    release.countDown();

    assertThat(await(first).intact()).isTrue();
    assertThat(await(wanted).messages()).isEqualTo(100);
    assertThat(await(unwanted).messages()).isEqualTo(100);
  }

  @Test
  void givenAnEarlierState_whenItIsTheBeginning_thenItIsConsistent() {
    String none = verify().headHash();
    await(store.store(drafts(3)));
    String three = verify().headHash();
    await(store.store(drafts(4)));

    assertThat(consistent(3, three)).isTrue();
    assertThat(consistent(0, none)).isTrue();
    assertThat(consistent(7, verify().headHash())).isTrue();
  }

  @Test
  void givenAnEarlierState_whenSizeOrHashIsAnother_thenItIsNot() {
    await(store.store(drafts(3)));
    String three = verify().headHash();
    await(store.store(drafts(4)));

    assertThat(consistent(2, three)).isFalse();
    assertThat(consistent(0, three)).isFalse();
    assertThat(consistent(3, "0".repeat(64))).isFalse();
    assertThat(consistent(8, three)).isFalse();
    assertThat(consistent(Long.MAX_VALUE, three)).isFalse();
  }

  @Test
  void givenALogThatWasRewritten_whenAskedAboutTheStateBefore_thenItIsNotConsistent() {
    await(store.store(drafts(3)));
    String three = verify().headHash();
    await(database.write(session -> session.update("DELETE FROM message")));
    await(
        database.write(
            session -> session.update("UPDATE message_head SET id = 0, hash = ?", new byte[32])));
    await(store.store(drafts(5)));

    assertThat(verify().intact()).isTrue();
    assertThat(consistent(3, three)).isFalse();
  }

  @Test
  void nobodyWhoAsksAboutNoEarlierStateIsToldOfOne() {
    assertThat(verify().consistent()).isNull();
  }

  @Test
  void aClosedDatabaseFailsTheWalkAndNotTheVerifier() {
    await(store.store(drafts(3)));
    await(database.close());

    assertThat(fault(verify(patient())).code()).isEqualTo(ErrorCode.STOPPING);
    assertThat(fault(verify(patient())).code()).isEqualTo(ErrorCode.STOPPING);
  }
}
