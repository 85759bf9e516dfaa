package dev.signalbox.ping.ledger;

import static dev.signalbox.ping.ledger.LedgerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LeaseTasksReply.Leased;
import dev.signalbox.contracts.ping.LeaseTasksRequest.Order;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultReply.Missing;
import dev.signalbox.contracts.ping.ReadResultReply.Stored;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.SubmitResultReply;
import dev.signalbox.contracts.ping.SubmitResultReply.Accepted;
import dev.signalbox.contracts.ping.SubmitResultReply.AlreadyDone;
import dev.signalbox.contracts.ping.SubmitResultReply.Invalid;
import dev.signalbox.contracts.ping.SubmitResultReply.NoLease;
import dev.signalbox.contracts.ping.SubmitResultReply.UnknownTask;
import dev.signalbox.contracts.ping.SubmitResultRequest;
import dev.signalbox.contracts.ping.SubmitResultRequest.Coding;
import dev.signalbox.contracts.ping.SubmitResultRequest.Format;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(VertxExtension.class)
@ParameterizedClass
@EnumSource(Engine.class)
class SubmissionsTest {

  @Parameter Engine engine;

  @TempDir Path directory;

  private LedgerFixture fixture;

  @BeforeEach
  void openDatabase(Vertx vertx) {
    fixture = LedgerFixture.of(vertx, engine, directory);
  }

  @AfterEach
  void closeDatabase() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void validTextWithoutATokenIsDone() {
    fixture.open(2);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submitText(0, LedgerFixture.text(300))).isEqualTo(new Accepted(false, 300));

    TaskRow task = fixture.task(0);
    assertThat(task.status()).isEqualTo(TaskStatus.DONE);
    assertThat(task.answered()).isEqualTo(300);
    assertThat(task.worker()).isEqualTo("worker");
    assertThat(task.expiresAtEpochMs()).isNull();
  }

  @Test
  void givenATaskNobodyLeased_whenSubmittedWithoutAToken_thenNothingChanges() {
    fixture.open(2);

    assertThat(fixture.submitText(1, LedgerFixture.text(0))).isInstanceOf(NoLease.class);
    assertThat(fixture.submitText(1, "short")).isInstanceOf(NoLease.class);

    assertThat(fixture.task(1).status()).isEqualTo(TaskStatus.AVAILABLE);
    assertThat(fixture.errors()).isEmpty();
  }

  @Test
  void givenATaskLeasedWithATokenToBeShown_whenSubmittedWithoutIt_thenNothingChanges() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.SPREAD);

    assertThat(fixture.submitText(0, LedgerFixture.text(0))).isInstanceOf(NoLease.class);
    assertThat(fixture.submitText(0, "short")).isInstanceOf(NoLease.class);

    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(fixture.errors()).isEmpty();
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void givenATaskOfTheClassicFace_whenAnotherAddressSubmits_thenNothingChanges() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);

    for (String data : List.of(LedgerFixture.text(3), "short")) {
      assertThat(
              await(
                  fixture
                      .ledger()
                      .submit(
                          new SubmitResultRequest(
                              0,
                              null,
                              Format.TEXT,
                              new Binary(data.getBytes(StandardCharsets.UTF_8)),
                              null,
                              "127.0.0.2"))))
          .isInstanceOf(NoLease.class);
    }
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(fixture.errors()).isEmpty();
  }

  @Test
  void wrongLengthWithoutATokenIsAnError() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submitText(0, "01010")).isEqualTo(new Invalid("length:5"));

    TaskRow task = fixture.task(0);
    assertThat(task.status()).isEqualTo(TaskStatus.ERROR);
    assertThat(task.worker()).isEqualTo("worker");
    assertThat(fixture.errors())
        .singleElement()
        .satisfies(fault -> {
          assertThat(fault.taskIndex()).isZero();
          assertThat(fault.error()).isEqualTo("length:5");
          assertThat(fault.status()).isEqualTo(TaskStatus.ERROR);
        });
  }

  @Test
  void taskInErrorIsNotLeased() {
    fixture.open(2);
    fixture.lease(1, Order.LOWEST);
    fixture.submitText(0, "");

    assertThat(LedgerFixture.indices(fixture.lease(1, Order.LOWEST))).containsExactly(1);
  }

  @Test
  void taskInErrorMayStillBeSubmitted() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.submitText(0, "x");

    assertThat(fixture.submitText(0, LedgerFixture.text(1))).isEqualTo(new Accepted(false, 1));
    assertThat(fixture.errors()).extracting(TaskFault::status).containsExactly(TaskStatus.DONE);
  }

  @Test
  void otherCharactersAreAnError() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submitText(0, "0".repeat(65_535) + "2"))
        .isEqualTo(new Invalid("not 0 or 1 at position 65535"));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.ERROR);
  }

  @Test
  void unknownTaskChangesNothing() {
    fixture.open(1);

    for (long index : new long[] {1, -1, 65_536, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
      assertThat(fixture.submitText(index, LedgerFixture.text(1))).isInstanceOf(UnknownTask.class);
      assertThat(fixture.submitText(index, "")).isInstanceOf(UnknownTask.class);
    }
    assertThat(fixture.errors()).isEmpty();
  }

  @Test
  void equalRepeatIsAnsweredAsTheFirst() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.submitText(0, LedgerFixture.text(7));

    assertThat(fixture.submitText(0, LedgerFixture.text(7))).isEqualTo(new Accepted(true, 7));
    assertThat(fixture.submit(0, null, Format.BITMAP, bitmapOf(LedgerFixture.text(7))))
        .isEqualTo(new Accepted(true, 7));
  }

  @Test
  void differentRepeatChangesNothing() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.submitText(0, LedgerFixture.text(7));

    assertThat(fixture.submitText(0, LedgerFixture.text(8))).isInstanceOf(AlreadyDone.class);
    assertThat(fixture.submitText(0, "short")).isInstanceOf(AlreadyDone.class);

    assertThat(fixture.task(0).answered()).isEqualTo(7);
    assertThat(fixture.errors()).isEmpty();
    assertThat(stored(0).bitmap().bytes()).isEqualTo(bitmapOf(LedgerFixture.text(7)));
  }

  @Test
  void holderOfTheLeaseSubmits() {
    fixture.open(2);
    Leased leased = fixture.lease(2, Order.LOWEST);
    byte[] bitmap = new byte[8_192];
    bitmap[0] = (byte) 0x80;
    bitmap[8_191] = 1;

    assertThat(fixture.submit(1, leased.token(), Format.BITMAP, bitmap))
        .isEqualTo(new Accepted(false, 2));
    assertThat(stored(1)).isEqualTo(new Stored(new Binary(bitmap), null));
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
  }

  @Test
  void strangerWithAMadeUpTokenIsRefused() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submit(0, "made up", Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
    assertThat(fixture.submit(0, "", Format.BITMAP, new byte[8_192])).isInstanceOf(NoLease.class);
    assertThat(fixture.submit(0, "nul\u0000", Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
  }

  @Test
  void tokenOfAnotherTaskIsRefused() {
    fixture.open(2);
    Leased first = fixture.lease(1, Order.LOWEST);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submit(1, first.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void givenALeaseThatEnded_whenNobodyHasTheTaskSince_thenItsResultStillCounts(Order order) {
    fixture.open(1);
    Leased leased = fixture.lease(1, order);
    fixture.endLeases();
    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.AVAILABLE);

    assertThat(
            order == Order.LOWEST
                ? fixture.submitText(0, LedgerFixture.text(3))
                : fixture.submitText(0, leased.token(), LedgerFixture.text(3)))
        .isEqualTo(new Accepted(false, 3));
    assertThat(fixture.errors()).extracting(TaskFault::error).containsExactly("Task timed out");
  }

  @Test
  void givenALeaseOfTheClassicFaceThatEnded_whenAnotherHasTheTask_thenItsResultDoesNotCount() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.endLeases();
    fixture.lease(1, Order.SPREAD);

    assertThat(fixture.submitText(0, LedgerFixture.text(3))).isInstanceOf(NoLease.class);
  }

  @Test
  void tokenOfTheLeaseBeforeIsRefused() {
    fixture.open(1);
    Leased before = fixture.lease(1, Order.LOWEST);
    fixture.endLeases();
    Leased now = fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submit(0, before.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(NoLease.class);
    assertThat(fixture.submit(0, now.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void wrongLengthWithATokenChangesNothing() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_191]))
        .isEqualTo(new Invalid("length:8191"));

    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(fixture.errors()).isEmpty();
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, new byte[8_192]))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void roundTripTimesAreKept() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.LOWEST);
    byte[] rtt = new byte[65_536];
    new Random(5).nextBytes(rtt);
    int answered = 0;
    for (byte code : rtt) {
      answered += code == 0 ? 0 : 1;
    }

    assertThat(fixture.submit(0, leased.token(), Format.RTT, rtt))
        .isEqualTo(new Accepted(false, answered));

    assertThat(stored(0).rtt()).isEqualTo(new Binary(rtt));
    assertThat(fixture.submit(0, leased.token(), Format.RTT, rtt))
        .isEqualTo(new Accepted(true, answered));
    assertThat(fixture.submit(0, leased.token(), Format.BITMAP, stored(0).bitmap().bytes()))
        .isEqualTo(new Accepted(true, answered));
    byte[] other = rtt.clone();
    other[9] = (byte) (other[9] == 1 ? 2 : 1);
    assertThat(fixture.submit(0, leased.token(), Format.RTT, other))
        .isInstanceOf(AlreadyDone.class);
  }

  @Test
  void bitmapThatCannotBePackedComesBackWhole() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    byte[] noise = new byte[8_192];
    new Random(6).nextBytes(noise);

    fixture.submit(0, null, Format.BITMAP, noise);

    assertThat(stored(0).bitmap().bytes()).isEqualTo(noise);
  }

  @Test
  void resultOfATaskThatIsNotDoneIsMissing() {
    fixture.open(1);

    assertThat(read(0)).isInstanceOf(Missing.class);
    assertThat(read(-1)).isInstanceOf(Missing.class);
    assertThat(read(70_000)).isInstanceOf(Missing.class);
  }

  @Test
  void taskMarkedDoneByHandHasNoResultAndTakesNone() {
    fixture.open(1);
    fixture.revise(0, TaskStatus.DONE, false);

    assertThat(read(0)).isInstanceOf(Missing.class);
    assertThat(fixture.submitText(0, LedgerFixture.text(1))).isInstanceOf(AlreadyDone.class);
  }

  @Test
  void taskSentBackToWorkTakesANewResult() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    fixture.submitText(0, LedgerFixture.text(7));
    fixture.revise(0, TaskStatus.AVAILABLE, false);
    assertThat(read(0)).isInstanceOf(Missing.class);
    fixture.lease(1, Order.LOWEST);

    assertThat(fixture.submitText(0, LedgerFixture.text(8))).isEqualTo(new Accepted(false, 8));
    assertThat(stored(0).bitmap().bytes()).isEqualTo(bitmapOf(LedgerFixture.text(8)));
  }

  @Test
  void ofManyDifferentResultsAtOnceOneIsStored() {
    fixture.open(1);
    fixture.lease(1, Order.LOWEST);
    Ledger two = fixture.open(LedgerFixture.settings(1));
    List<Future<SubmitResultReply>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(
          two.submit(
              new SubmitResultRequest(
                  0,
                  null,
                  Format.BITMAP,
                  new Binary(bitmapOf(LedgerFixture.text(i))),
                  null,
                  LedgerFixture.CLIENT)));
    }

    List<SubmitResultReply> replies =
        calls.stream().<SubmitResultReply>map(LedgerFixture::await).toList();

    assertThat(replies).filteredOn(Accepted.class::isInstance).hasSize(1);
    assertThat(replies).filteredOn(AlreadyDone.class::isInstance).hasSize(49);
  }

  private SubmitResultReply submitFrame(String token, byte[] frame) {
    return await(
        fixture
            .ledger()
            .submit(
                new SubmitResultRequest(
                    0, token, Format.BYTES, new Binary(frame), Coding.ZSTD, null)));
  }

  @Test
  void givenAFrame_whenItIsRight_thenItIsStoredAsItCame() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.SPREAD);
    byte[] rtt = new byte[65_536];
    rtt[9] = 5;
    byte[] frame = Zstd.compress(rtt, 19);

    assertThat(submitFrame(leased.token(), frame)).isEqualTo(new Accepted(false, 1));

    assertThat(stored(0).rtt()).isEqualTo(new Binary(rtt));
    byte[] kept =
        await(
            fixture
                .database()
                .read(session ->
                    session
                        .queryOne("SELECT data FROM result", row -> row.getBytes("data"))
                        .orElseThrow()));
    assertThat(kept).isEqualTo(frame);
    assertThat(submitFrame(leased.token(), frame)).isEqualTo(new Accepted(true, 1));
    assertThat(fixture.submit(0, leased.token(), Format.RTT, rtt)).isEqualTo(new Accepted(true, 1));
  }

  @Test
  void givenAFrameLargerThanItsContent_whenSubmitted_thenTheContentIsStored() {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.SPREAD);
    byte[] noise = new byte[8_192];
    new Random(6).nextBytes(noise);

    assertThat(submitFrame(leased.token(), Zstd.compress(noise))).isInstanceOf(Accepted.class);

    assertThat(stored(0).bitmap().bytes()).isEqualTo(noise);
  }

  /** A gibibyte of zeros. */
  private static byte[] bomb() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 20];
    try (ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(bomb)) {
      for (int i = 0; i < 1_024; i++) {
        out.write(zeros);
      }
    }
    return bomb.toByteArray();
  }

  static Stream<Arguments> badFrames() throws IOException {
    byte[] good = Zstd.compress(new byte[8_192]);
    byte[] twice = Arrays.copyOf(good, good.length * 2);
    System.arraycopy(good, 0, twice, good.length, good.length);
    return Stream.of(
        Arguments.of(bomb(), "length:more than 65536"),
        Arguments.of(Zstd.compress(new byte[65_537]), "length:65537"),
        Arguments.of(Zstd.compress(new byte[8_191]), "length:8191"),
        Arguments.of(Zstd.compress(new byte[0]), "length:0"),
        Arguments.of(twice, "length:16384"),
        Arguments.of(Arrays.copyOf(good, good.length - 1), "not a zstd frame"),
        Arguments.of(new byte[8_192], "not a zstd frame"),
        Arguments.of(new byte[0], "length:0"));
  }

  @ParameterizedTest
  @MethodSource("badFrames")
  void givenABadFrame_whenSubmitted_thenItIsInvalidAndNothingIsStored(byte[] frame, String error) {
    fixture.open(1);
    Leased leased = fixture.lease(1, Order.SPREAD);

    assertThat(submitFrame(leased.token(), frame)).isEqualTo(new Invalid(error));

    assertThat(fixture.task(0).status()).isEqualTo(TaskStatus.IN_PROGRESS);
    assertThat(read(0)).isInstanceOf(Missing.class);
  }

  private ReadResultReply read(int index) {
    return await(fixture.ledger().readResult(new ReadResultRequest(index, null)));
  }

  private Stored stored(int index) {
    return (Stored) read(index);
  }

  private static byte[] bitmapOf(String text) {
    byte[] bitmap = new byte[8_192];
    for (int i = 0; i < 65_536; i++) {
      if (text.charAt(i) == '1') {
        bitmap[i / 8] |= (byte) (0x80 >>> (i % 8));
      }
    }
    return bitmap;
  }
}
