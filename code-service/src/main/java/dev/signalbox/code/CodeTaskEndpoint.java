package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.platform.task.TaskSpec;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/** The same operations as tasks, with the classic words for what is wrong. */
final class CodeTaskEndpoint {

  private static final int LONGEST_MESSAGE = 1 << 20;

  private static final Param<@Nullable String> UUID = text("uuid", "whose code", Uuids.MAX_LENGTH);

  private static final Param<@Nullable String> SENDER =
      text("uuid", "whose message", Uuids.MAX_LENGTH);

  private static final Param<@Nullable String> UNIQUE =
      text("unique", "the uuid's code", Uuids.MAX_LENGTH);

  private static final Param<@Nullable String> TEXT = text("text", "the message", LONGEST_MESSAGE);

  static final TaskSpec ISSUE =
      TaskSpec.of(
          "issue_code",
          "Gives a uuid its unique code, the same one for ever.",
          CodeContract.ISSUE_TASK,
          UUID);

  static final TaskSpec STORE_MESSAGE =
      TaskSpec.of(
          "store_message",
          "Stores a message of a uuid that knows its code.",
          CodeContract.STORE_MESSAGE_TASK,
          SENDER,
          UNIQUE,
          TEXT);

  private static final String INVALID_UUID = "[!] Invalid uuid sent";
  private static final String INVALID_BODY = "[!] Invalid body parameters";
  private static final String UNKNOWN_UUID = "[!] UUID unrecognized";
  private static final String WRONG_CODE = "[!] Invalid unique";
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  /** Result of {@code issue_code}. */
  record CodeIssued(boolean success, String unique) {}

  /** Result of {@code store_message}. */
  record MessageStored(boolean success, long id, String storedAt) {}

  private final CodeEndpoint endpoint;

  CodeTaskEndpoint(CodeEndpoint endpoint) {
    this.endpoint = endpoint;
  }

  Future<TaskReply> issue(TaskRequest request, Call call) {
    TaskParams params = TaskParams.of(request.params());
    String uuid = UUID.read(params);
    if (!Uuids.valid(uuid) || uuid == null) {
      return bad(INVALID_UUID);
    }
    return params
        .problem()
        .map(CodeTaskEndpoint::failed)
        .orElseGet(() ->
            endpoint
                .issue(new IssueCodeRequest(uuid), call)
                .map(reply -> TaskReply.Finished.of(new CodeIssued(true, reply.code()))));
  }

  Future<TaskReply> storeMessage(TaskRequest request, Call call) {
    TaskParams params = TaskParams.of(request.params());
    String uuid = SENDER.read(params);
    String unique = UNIQUE.read(params);
    String text = TEXT.read(params);
    if (uuid == null || unique == null || text == null || !Uuids.valid(uuid)) {
      return bad(INVALID_BODY);
    }
    return params
        .problem()
        .map(CodeTaskEndpoint::failed)
        .orElseGet(() -> stored(new StoreMessageRequest(uuid, unique, text, null), call));
  }

  private Future<TaskReply> stored(StoreMessageRequest request, Call call) {
    Future<StoreMessageReply> reply;
    try {
      reply = endpoint.store(request, call);
    } catch (ServiceException e) {
      return e.code() == ErrorCode.INVALID_REQUEST || e.code() == ErrorCode.TOO_LARGE
          ? bad(INVALID_BODY + ": " + e.getMessage())
          : Future.failedFuture(e);
    }
    return reply.map(outcome ->
        switch (outcome) {
          case StoreMessageReply.Stored(long id, long at, boolean _) ->
              TaskReply.Finished.of(
                  new MessageStored(true, id, TIME.format(Instant.ofEpochMilli(at))));
          case StoreMessageReply.UnknownUuid() ->
              new TaskReply.Failed(TaskError.badTask(UNKNOWN_UUID));
          case StoreMessageReply.WrongCode() -> new TaskReply.Failed(TaskError.badTask(WRONG_CODE));
        });
  }

  /** A text, null when it is absent or something else: the classic words name no parameter. */
  private static Param<@Nullable String> text(String name, String description, int maxLength) {
    return Param.text(name, description, maxLength)
        .readBy((params, key) -> params.any(key) instanceof String text ? text : null);
  }

  private static Future<TaskReply> bad(String message) {
    return failed(TaskError.badTask(message));
  }

  private static Future<TaskReply> failed(TaskError error) {
    return Future.succeededFuture(new TaskReply.Failed(error));
  }
}
