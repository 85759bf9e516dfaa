package dev.signalbox.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeReply;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.contracts.code.StoredMessage;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.TestNode;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service on a real node, through its operations. */
class CodeServiceTest {

  TestNode node;

  @BeforeEach
  void start() {
    node = TestNode.start(CodeMain.SERVICE, Map.of("code.max-text-bytes", "1000"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private String codeOf(String uuid) {
    return node.call(CodeContract.ISSUE, new IssueCodeRequest(uuid)).code();
  }

  private StoreMessageReply store(String uuid, String unique, String text, String key) {
    return node.call(CodeContract.STORE_MESSAGE, new StoreMessageRequest(uuid, unique, text, key));
  }

  private TaskReply task(String name, Map<String, Object> params) {
    return node.call(
        name.equals("issue_code") ? CodeContract.ISSUE_TASK : CodeContract.STORE_MESSAGE_TASK,
        new TaskRequest(name, new HashMap<>(params)));
  }

  private static void assertFault(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServiceException.class, fault -> assertThat(fault.code()).isEqualTo(code));
  }

  @Test
  void aCodeIsIssuedOnceAndThenTheSame() {
    IssueCodeReply first = node.call(CodeContract.ISSUE, new IssueCodeRequest("u"));
    IssueCodeReply second = node.call(CodeContract.ISSUE, new IssueCodeRequest("u"));

    assertThat(first.created()).isTrue();
    assertThat(second.created()).isFalse();
    assertThat(second.code()).isEqualTo(first.code());
  }

  @Test
  void aMessageWithTheRightCodeIsStoredListedAndLogged() throws Exception {
    StoreMessageReply reply = store("u", codeOf("u"), "hello", null);

    assertThat(reply)
        .isInstanceOfSatisfying(
            StoreMessageReply.Stored.class, stored -> assertThat(stored.id()).isEqualTo(1));
    assertThat(
            node.call(CodeContract.LIST_MESSAGES, ListMessagesRequest.page(0, 10, null)).messages())
        .extracting(StoredMessage::text)
        .containsExactly("hello");
    // A line that takes longer than a second comes after the reply.
    await()
        .untilAsserted(() ->
            assertThat(Files.readString(node.data().resolve("messages.log")))
                .endsWith("\thello\n"));
  }

  @Test
  void aWrongCodeStoresNothing() {
    codeOf("u");

    assertThat(store("u", "wrong", "hello", null)).isEqualTo(new StoreMessageReply.WrongCode());
    assertThat(node.call(CodeContract.VERIFY_MESSAGES, VerifyMessagesRequest.ALL).messages())
        .isZero();
  }

  @Test
  void anUnknownUuidStoresNothing() {
    assertThat(store("nobody", "x", "hello", null)).isEqualTo(new StoreMessageReply.UnknownUuid());
  }

  @Test
  void theSameKeyIsAnsweredAsBefore() {
    String code = codeOf("u");
    StoreMessageReply.Stored first = (StoreMessageReply.Stored) store("u", code, "hello", "k-1");

    assertThat(first.replayed()).isFalse();
    assertThat(store("u", code, "hello", "k-1"))
        .isEqualTo(new StoreMessageReply.Stored(first.id(), first.storedAtEpochMs(), true));
    assertFault(ErrorCode.IDEMPOTENCY_MISMATCH, () -> store("u", code, "other", "k-1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\u0000"})
  void aBadUuidIsRefused(String uuid) {
    assertFault(ErrorCode.INVALID_REQUEST, () -> codeOf(uuid));
    assertFault(ErrorCode.INVALID_REQUEST, () -> store(uuid, "x", "text", null));
    assertFault(
        ErrorCode.INVALID_REQUEST,
        () -> node.call(CodeContract.LIST_MESSAGES, ListMessagesRequest.page(0, 10, uuid)));
  }

  @Test
  void aUuidOfAMegabyteIsRefused() {
    assertFault(ErrorCode.INVALID_REQUEST, () -> codeOf("x".repeat(1 << 20)));
  }

  @Test
  void whatIsMissingIsRefused() {
    assertFault(ErrorCode.INVALID_REQUEST, () -> codeOf(null));
    assertFault(ErrorCode.INVALID_REQUEST, () -> store("u", null, "text", null));
    assertFault(ErrorCode.INVALID_REQUEST, () -> store("u", "x", null, null));
  }

  @Test
  void aTextIsMeasuredInBytes() {
    String code = codeOf("u");

    assertThat(store("u", code, "é".repeat(500), null))
        .isInstanceOf(StoreMessageReply.Stored.class);
    assertFault(ErrorCode.TOO_LARGE, () -> store("u", code, "é".repeat(500) + "x", null));
  }

  @Test
  void halfACharacterIsRefused() {
    String code = codeOf("u");

    assertFault(ErrorCode.INVALID_REQUEST, () -> store("u", code, "x\ud83d", null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "new\nline", "ünï"})
  void aBadIdempotencyKeyIsRefused(String key) {
    String code = codeOf("u");

    assertFault(ErrorCode.INVALID_REQUEST, () -> store("u", code, "text", key));
  }

  @ParameterizedTest
  @CsvSource({"-1, 10", "0, 0", "0, 1001", "0, -1"})
  void aBadPageIsRefused(long after, int limit) {
    assertFault(
        ErrorCode.INVALID_REQUEST,
        () -> node.call(CodeContract.LIST_MESSAGES, ListMessagesRequest.page(after, limit, null)));
  }

  @Test
  void theIssueTaskAnswersAsTheClassicServerDid() {
    TaskReply reply = task("issue_code", Map.of("uuid", "u"));

    assertThat(reply)
        .isInstanceOfSatisfying(
            TaskReply.Finished.class,
            finished ->
                assertThat(Json.text(finished.result()))
                    .isEqualTo("{\"success\":true,\"unique\":\"" + codeOf("u") + "\"}"));
  }

  @Test
  void theStoreTaskAnswersWithIdAndTime() {
    TaskReply reply =
        task("store_message", Map.of("uuid", "u", "unique", codeOf("u"), "text", "hello"));

    assertThat(reply)
        .isInstanceOfSatisfying(
            TaskReply.Finished.class,
            finished ->
                assertThat(Json.text(finished.result()))
                    .matches(
                        "\\{\"success\":true,\"id\":1,\"stored_at\":"
                            + "\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"}"));
  }

  @Test
  void theTasksFailInTheClassicWords() {
    codeOf("known");

    assertThat(task("issue_code", Map.of())).isEqualTo(failed("[!] Invalid uuid sent"));
    assertThat(task("issue_code", Map.of("uuid", 5))).isEqualTo(failed("[!] Invalid uuid sent"));
    assertThat(task("store_message", Map.of("uuid", "known", "unique", "x")))
        .isEqualTo(failed("[!] Invalid body parameters"));
    assertThat(task("store_message", Map.of("uuid", "nobody", "unique", "x", "text", "t")))
        .isEqualTo(failed("[!] UUID unrecognized"));
    assertThat(task("store_message", Map.of("uuid", "known", "unique", "x", "text", "t")))
        .isEqualTo(failed("[!] Invalid unique"));
  }

  @Test
  void aTaskWithAnUnknownParameterIsToldItsName() {
    assertThat(task("issue_code", Map.of("uuid", "u", "uid", "u")))
        .isEqualTo(failed("uid is not a parameter"));
  }

  @Test
  void aTaskWithATextTooLongIsToldWhy() {
    TaskReply reply =
        task(
            "store_message", Map.of("uuid", "u", "unique", codeOf("u"), "text", "x".repeat(1_001)));

    assertThat(reply)
        .isEqualTo(failed("[!] Invalid body parameters: text must be at most 1000 bytes in UTF-8"));
  }

  private static TaskReply failed(String message) {
    return new TaskReply.Failed(TaskError.badTask(message));
  }
}
