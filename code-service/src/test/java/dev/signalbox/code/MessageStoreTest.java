package dev.signalbox.code;

import static dev.signalbox.code.Fixture.await;
import static dev.signalbox.code.Fixture.draft;
import static dev.signalbox.code.Fixture.drafts;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Engine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
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
class MessageStoreTest {

  @Parameter Engine engine;
  @TempDir Path directory;
  final AtomicLong clock = new AtomicLong(1_700_000_000_000L);
  Fixture fixture;
  Database database;
  MessageStore store;

  @BeforeEach
  void prepare(Vertx vertx) {
    fixture = new Fixture(vertx, engine, directory);
    database = fixture.database();
    store = store(database);
  }

  @AfterEach
  void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private MessageStore store(Database at) {
    return new MessageStore(at, () -> Instant.ofEpochMilli(clock.get()));
  }

  private MessageStore.Outcome storeOne(Draft draft) {
    return await(store.store(List.of(draft))).outcomes().getFirst();
  }

  private ListMessagesReply list(long after, int limit, String uuid) {
    return await(store.list(ListMessagesRequest.page(after, limit, uuid)));
  }

  private VerifyMessagesReply verify() {
    return Fixture.verify(database, Duration.ofSeconds(30));
  }

  private void tamper(String sql, Object... args) {
    await(database.write(session -> session.update(sql, args)));
  }

  @Test
  void idsCountFromOneWithoutGaps() {
    await(store.store(drafts(3)));
    await(store.store(drafts(2)));

    assertThat(list(0, 10, null).messages())
        .extracting(StoredMessage::id)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  private ListMessagesReply search(long after, Long since, Long until, String contains) {
    return await(store.list(new ListMessagesRequest(after, 1_000, null, since, until, contains)));
  }

  private MessageStore.Outcome storeOne(MessageStore at, Draft draft) {
    return await(at.store(List.of(draft))).outcomes().getFirst();
  }

  private static void assertFull(MessageStore.Outcome outcome) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            MessageStore.Outcome.Refused.class,
            refused -> {
              assertThat(refused.exception().code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
              assertThat(refused.exception()).hasMessageContaining("code.max-messages");
            });
  }

  @Test
  void givenRoomForThree_whenFiveComeAtOnce_thenTheFirstThreeAreStoredAndTheChainIsWhole() {
    MessageStore limited = new MessageStore(database, InstantSource.system(), 3);

    MessageStore.Stored stored = await(limited.store(drafts(5)));

    assertThat(stored.messages()).extracting(Message::id).containsExactly(1L, 2L, 3L);
    assertThat(stored.outcomes().subList(0, 3))
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(MessageStore.Outcome.Stored.class));
    stored.outcomes().subList(3, 5).forEach(MessageStoreTest::assertFull);
    assertThat(list(0, 10, null).messages()).hasSize(3);
    assertThat(verify().messages()).isEqualTo(3);
  }

  @Test
  void givenAFullLog_whenAKeyComesAgain_thenItsMessageIsAnsweredAndANewKeyIsFreeLater() {
    MessageStore limited = new MessageStore(database, InstantSource.system(), 1);
    Draft first = new Draft("u", "one", "key 1");
    Draft second = new Draft("u", "two", "key 2");
    storeOne(limited, first);

    assertFull(storeOne(limited, second));

    assertThat(storeOne(limited, first))
        .isInstanceOfSatisfying(
            MessageStore.Outcome.Stored.class, again -> assertThat(again.replayed()).isTrue());
    MessageStore raised = new MessageStore(database, InstantSource.system(), 2);
    assertThat(storeOne(raised, second))
        .isInstanceOfSatisfying(
            MessageStore.Outcome.Stored.class, now -> assertThat(now.replayed()).isFalse());
  }

  @Test
  void aSearchByTextIgnoresTheCaseOfLetters() {
    storeOne(new Draft("u", "The TRAIN is late", null));
    storeOne(new Draft("u", "a bus", null));
    storeOne(new Draft("u", "Éclair 100%_", null));

    assertThat(search(0, null, null, "train").messages())
        .extracting(StoredMessage::id)
        .containsExactly(1L);
    assertThat(search(0, null, null, "éCLAIR").messages())
        .extracting(StoredMessage::id)
        .containsExactly(3L);
    assertThat(search(0, null, null, "%_").messages())
        .extracting(StoredMessage::id)
        .containsExactly(3L);
    assertThat(search(0, null, null, "_ train").messages()).isEmpty();
  }

  @Test
  void aSearchByTimeIncludesItsBeginningAndNotItsEnd() {
    long start = clock.get();
    for (int i = 0; i < 4; i++) {
      clock.set(start + i);
      storeOne(new Draft("u", "m", null));
    }

    assertThat(search(0, start + 1, start + 3, null).messages())
        .extracting(StoredMessage::id)
        .containsExactly(2L, 3L);
  }

  @Test
  void aSearchFindsMessagesOfAClockThatWentBack() {
    long start = clock.get();
    for (long time : new long[] {start + 10, start, start + 10}) {
      clock.set(time);
      storeOne(new Draft("u", "m", null));
    }

    assertThat(search(0, start + 10, null, null).messages())
        .extracting(StoredMessage::id)
        .containsExactly(1L, 3L);
  }

  @Test
  void aSearchAmongManyMessagesEndsItsPageEarlyAndSaysWhereToGoOn() {
    for (int i = 0; i < 6; i++) {
      await(store.store(drafts(2_000)));
    }
    storeOne(new Draft("u", "needle", null));

    ListMessagesReply first = search(0, null, null, "needle");
    ListMessagesReply second = search(first.seenTo(), null, null, "needle");

    assertThat(first.messages()).isEmpty();
    assertThat(first.more()).isTrue();
    assertThat(first.seenTo()).isEqualTo(MessageStore.MAX_SEEN_ROWS);
    assertThat(second.messages()).extracting(StoredMessage::id).containsExactly(12_001L);
    assertThat(second.more()).isFalse();
  }

  @Test
  void aMessageComesBackAsItWasSent() {
    String text = "nul \u0000 newline \n tab \t quote ' backslash \\ train 🚂";

    MessageStore.Outcome outcome = storeOne(new Draft("ünï", text, null));

    assertThat(outcome).isEqualTo(new MessageStore.Outcome.Stored(1, clock.get(), false));
    StoredMessage stored = list(0, 1, null).messages().getFirst();
    assertThat(stored.text()).isEqualTo(text);
    assertThat(stored.uuid()).isEqualTo("ünï");
    assertThat(stored.storedAtEpochMs()).isEqualTo(clock.get());
    assertThat(stored.hash()).isEqualTo(ChainHash.START.next(1, "ünï", text, clock.get()).hex());
  }

  @Test
  void theChainGoesOnAfterARestart() {
    await(store.store(drafts(3)));
    await(database.close());
    database = fixture.database();
    store = store(database);

    await(store.store(drafts(3)));

    VerifyMessagesReply reply = verify();
    assertThat(reply.intact()).isTrue();
    assertThat(reply.messages()).isEqualTo(6);
  }

  @Test
  void replicasThatStoreAtOnceMakeOneChain() {
    MessageStore replica = store(fixture.database());
    List<Future<MessageStore.Stored>> all = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      all.add(store.store(drafts(5)));
      all.add(replica.store(drafts(5)));
    }

    await(Future.all(all));

    VerifyMessagesReply reply = verify();
    assertThat(reply.intact()).isTrue();
    assertThat(reply.messages()).isEqualTo(400);
    assertThat(list(0, 1_000, null).messages())
        .extracting(StoredMessage::id)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 400).boxed().toList());
  }

  @Test
  void theSameKeyAndMessageIsStoredOnce() {
    Draft draft = new Draft("a", "once", "key");

    MessageStore.Outcome first = storeOne(draft);
    long storedAt = clock.getAndIncrement();
    MessageStore.Outcome second = storeOne(draft);

    assertThat(first).isEqualTo(new MessageStore.Outcome.Stored(1, storedAt, false));
    assertThat(second).isEqualTo(new MessageStore.Outcome.Stored(1, storedAt, true));
    assertThat(list(0, 10, null).messages()).hasSize(1);
  }

  @Test
  void theSameKeyTwiceInOneTransactionIsStoredOnce() {
    Draft draft = new Draft("a", "once", "key");

    MessageStore.Stored stored = await(store.store(List.of(draft, draft("other"), draft)));

    assertThat(stored.outcomes().get(0))
        .isEqualTo(new MessageStore.Outcome.Stored(1, clock.get(), false));
    assertThat(stored.outcomes().get(2))
        .isEqualTo(new MessageStore.Outcome.Stored(1, clock.get(), true));
    assertThat(stored.messages()).hasSize(2);
    assertThat(verify().intact()).isTrue();
  }

  @Test
  void theSameKeyWithAnotherMessageIsRefusedAndTheOthersAreStored() {
    storeOne(new Draft("a", "first", "key"));

    MessageStore.Stored stored =
        await(store.store(List.of(draft("b"), new Draft("a", "second", "key"), draft("c"))));

    assertThat(stored.outcomes().get(1)).isInstanceOf(MessageStore.Outcome.Refused.class);
    assertThat(stored.messages()).extracting(Message::id).containsExactly(2L, 3L);
    assertThat(verify().intact()).isTrue();
  }

  @Test
  void pagesFollowEachOther() {
    await(store.store(drafts(250)));

    ListMessagesReply first = list(0, 100, null);
    ListMessagesReply second = list(100, 100, null);
    ListMessagesReply third = list(200, 100, null);

    assertThat(first.messages()).hasSize(100);
    assertThat(first.more()).isTrue();
    assertThat(second.messages().getFirst().id()).isEqualTo(101);
    assertThat(second.more()).isTrue();
    assertThat(third.messages()).hasSize(50);
    assertThat(third.more()).isFalse();
  }

  @Test
  void aPageThatEndsWithTheLogHasNoMore() {
    await(store.store(drafts(100)));

    assertThat(list(0, 100, null).more()).isFalse();
    assertThat(list(0, 99, null).more()).isTrue();
    assertThat(list(100, 99, null).messages()).isEmpty();
    assertThat(list(Long.MAX_VALUE, 1, null).more()).isFalse();
  }

  @Test
  void aPageOfLargeTextsIsCutShortAndCanBeGoneOnFrom() {
    String large = "x".repeat(64 << 10);
    for (int i = 0; i < 4; i++) {
      await(store.store(drafts(40).stream().map(d -> draft(large)).toList()));
    }

    ListMessagesReply page = list(0, 1_000, null);

    assertThat(page.more()).isTrue();
    assertThat(page.messages()).hasSizeBetween(64, 80);
    assertThat(list(page.messages().getLast().id(), 1_000, null).messages().getFirst().id())
        .isEqualTo(page.messages().size() + 1L);
  }

  @Test
  void aUuidsOwnMessagesCanBeAskedFor() {
    await(
        store.store(
            List.of(
                new Draft("a", "1", null), new Draft("b", "2", null), new Draft("a", "3", null))));

    assertThat(list(0, 10, "a").messages())
        .extracting(StoredMessage::text)
        .containsExactly("1", "3");
    assertThat(list(1, 10, "a").messages()).extracting(StoredMessage::text).containsExactly("3");
    assertThat(list(0, 10, "nobody").messages()).isEmpty();
  }

  @Test
  void anEmptyLogIsIntact() {
    assertThat(verify()).isEqualTo(intact(0, "0".repeat(64)));
  }

  @Test
  void anUntouchedLogIsIntactAndNamesItsHead() {
    MessageStore.Stored stored = await(store.store(drafts(200)));

    assertThat(verify()).isEqualTo(intact(200, stored.messages().getLast().hash().hex()));
  }

  private static VerifyMessagesReply intact(long messages, String headHash) {
    return new VerifyMessagesReply(
        true,
        messages,
        headHash,
        null,
        null,
        new VerifyMessagesReply.LogFile(true, 0, null, null, null));
  }

  @Test
  void aChangedTextBreaksTheChainThere() {
    await(store.store(drafts(200)));

    tamper("UPDATE message SET text = ? WHERE id = 150", (Object) "forged".getBytes(UTF_8));

    assertThat(verify().firstBreak()).isEqualTo(150);
  }

  @Test
  void aChangedTimeBreaksTheChainThere() {
    await(store.store(drafts(10)));

    tamper("UPDATE message SET stored_at = stored_at + 1 WHERE id = 1");

    VerifyMessagesReply reply = verify();
    assertThat(reply.intact()).isFalse();
    assertThat(reply.firstBreak()).isEqualTo(1);
    assertThat(reply.messages()).isZero();
  }

  @Test
  void aRemovedMessageBreaksTheChainThere() {
    await(store.store(drafts(10)));

    tamper("DELETE FROM message WHERE id = 4");

    assertThat(verify().firstBreak()).isEqualTo(4);
  }

  @Test
  void aCutOffEndIsSeen() {
    await(store.store(drafts(64)));

    tamper("DELETE FROM message WHERE id > 60");

    VerifyMessagesReply reply = verify();
    assertThat(reply.firstBreak()).isEqualTo(61);
    assertThat(reply.messages()).isEqualTo(60);
  }

  @Test
  void aLogEmptiedWholeIsSeen() {
    await(store.store(drafts(3)));

    tamper("DELETE FROM message");

    assertThat(verify().firstBreak()).isEqualTo(1);
  }

  @Test
  void aMessageAppendedPastTheServiceIsSeen() {
    MessageStore.Stored stored = await(store.store(drafts(3)));
    ChainHash fitting = stored.messages().getLast().hash().next(4, "a", "forged", 5);

    tamper(
        "INSERT INTO message (id, uuid, text, stored_at, hash) VALUES (4, 'a', ?, 5, ?)",
        "forged".getBytes(UTF_8),
        fitting.bytes());

    assertThat(verify().firstBreak()).isEqualTo(4);
  }

  @Test
  void aLastMessageRewrittenWithItsHashIsSeen() {
    MessageStore.Stored stored = await(store.store(drafts(3)));
    ChainHash second = stored.messages().get(1).hash();

    tamper(
        "UPDATE message SET text = ?, hash = ? WHERE id = 3",
        "forged".getBytes(UTF_8),
        second.next(3, "someone", "forged", clock.get()).bytes());

    assertThat(verify().firstBreak()).isEqualTo(3);
  }

  @Test
  void aMessagePutBeforeTheFirstIsSeen() {
    await(store.store(drafts(3)));

    tamper(
        "INSERT INTO message (id, uuid, text, stored_at, hash) VALUES (0, 'a', ?, 5, ?)",
        "forged".getBytes(UTF_8),
        ChainHash.START.bytes());

    assertThat(verify().intact()).isFalse();
  }
}
