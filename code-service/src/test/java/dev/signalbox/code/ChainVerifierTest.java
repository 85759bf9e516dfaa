package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.drafts;
import static dev.signalbox.code.Fixture.fault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.code.VerifyMessagesReply;
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
    verifier = new ChainVerifier(database, SMALLEST);
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

    VerifyMessagesReply reply = await(verifier.verify(patient()));

    assertThat(reply.intact()).isTrue();
    assertThat(reply.messages()).isEqualTo(10_000);
  }

  @Test
  void aBreakBetweenTwoSlicesIsFound() {
    await(store.store(drafts(10)));
    await(
        database.write(session -> session.update("UPDATE message SET stored_at = 1 WHERE id = 7")));

    assertThat(await(verifier.verify(patient())).firstBreak()).isEqualTo(7);
  }

  @Test
  void messagesStoredDuringAWalkDoNotPassForABreak() {
    await(store.store(drafts(500)));
    Future<VerifyMessagesReply> reply = verifier.verify(patient());

    await(store.store(drafts(500)));

    assertThat(await(reply).intact()).isTrue();
    assertThat(await(verifier.verify(patient())).messages()).isEqualTo(1_000);
  }

  @Test
  void whoAsksDuringAWalkIsToldWhatWasStoredBefore() throws Exception {
    await(store.store(drafts(3)));
    CountDownLatch release = holdReaders();
    Future<VerifyMessagesReply> first = verifier.verify(patient());
    await(store.store(drafts(3)));
    List<Future<VerifyMessagesReply>> later =
        List.of(verifier.verify(patient()), verifier.verify(patient()));

    release.countDown();

    assertThat(await(first).intact()).isTrue();
    assertThat(later).allSatisfy(one -> assertThat(await(one).messages()).isEqualTo(6));
  }

  @Test
  void aWalkThatCannotEndInTimeFailsAndTheNextOneRuns() {
    await(store.store(drafts(100)));

    assertThat(fault(verifier.verify(Call.within(Duration.ZERO))).code())
        .isEqualTo(ErrorCode.TIMEOUT);
    assertThat(await(verifier.verify(patient())).messages()).isEqualTo(100);
  }

  @Test
  void aWalkNobodyWaitsForEndsEarly() {
    await(store.store(drafts(100)));
    CountDownLatch release = holdReaders();
    Cancellation left = Bus.on(fixture.vertx()).cancellable();
    Future<VerifyMessagesReply> unwanted = verifier.verify(patient().with(left));

    left.request();
    release.countDown();

    assertThat(fault(unwanted).code()).isEqualTo(ErrorCode.TIMEOUT);
  }

  @Test
  void aWalkGoesOnWhileOneOfThoseWhoSharedItWaits() {
    await(store.store(drafts(100)));
    CountDownLatch release = holdReaders();
    Future<VerifyMessagesReply> first = verifier.verify(patient());
    Cancellation left = Bus.on(fixture.vertx()).cancellable();
    Future<VerifyMessagesReply> unwanted = verifier.verify(patient().with(left));
    Future<VerifyMessagesReply> wanted = verifier.verify(patient());

    left.request();
    release.countDown();

    assertThat(await(first).intact()).isTrue();
    assertThat(await(wanted).messages()).isEqualTo(100);
    assertThat(await(unwanted).messages()).isEqualTo(100);
  }

  @Test
  void aClosedDatabaseFailsTheWalkAndNotTheVerifier() {
    await(store.store(drafts(3)));
    await(database.close());

    assertThat(fault(verifier.verify(patient())).code()).isEqualTo(ErrorCode.STOPPING);
    assertThat(fault(verifier.verify(patient())).code()).isEqualTo(ErrorCode.STOPPING);
  }
}
