package dev.signalbox.code;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.code.CodeContract;
import dev.signalbox.contracts.code.IssueCodeReply;
import dev.signalbox.contracts.code.IssueCodeRequest;
import dev.signalbox.contracts.code.ListMessagesReply;
import dev.signalbox.contracts.code.ListMessagesRequest;
import dev.signalbox.contracts.code.StoreMessageReply;
import dev.signalbox.contracts.code.StoreMessageRequest;
import dev.signalbox.contracts.code.VerifyMessagesReply;
import dev.signalbox.contracts.code.VerifyMessagesRequest;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.json.UnicodeText;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.storage.IdempotencyLog;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** The operations of code-service. */
final class CodeEndpoint {

  private static final int MAX_PAGE = 1_000;
  private static final int MAX_CONTAINS = 256;

  private final CodeBook codes;
  private final MessageIntake intake;
  private final MessageStore store;
  private final ChainVerifier verifier;
  private final CheckpointSigner signer;
  private final int maxTextBytes;

  CodeEndpoint(
      CodeBook codes,
      MessageIntake intake,
      MessageStore store,
      ChainVerifier verifier,
      CheckpointSigner signer,
      int maxTextBytes) {
    this.codes = codes;
    this.intake = intake;
    this.store = store;
    this.verifier = verifier;
    this.signer = signer;
    this.maxTextBytes = maxTextBytes;
  }

  ServiceEndpoint on(ServiceEndpoint endpoint) {
    CodeTaskEndpoint tasks = new CodeTaskEndpoint(this);
    return endpoint
        .serve(CodeContract.ISSUE, this::issue)
        .serve(CodeContract.STORE_MESSAGE, this::store)
        .serve(CodeContract.LIST_MESSAGES, this::list)
        .serve(CodeContract.VERIFY_MESSAGES, this::verify)
        .serve(
            CodeContract.GET_CHECKPOINT,
            (request, call) -> signer.traced(call.trace()).checkpoint())
        .task(CodeTaskEndpoint.ISSUE.type(), tasks::issue)
        .task(CodeTaskEndpoint.STORE_MESSAGE.type(), tasks::storeMessage);
  }

  Future<IssueCodeReply> issue(IssueCodeRequest request, Call call) {
    requireUuid(request.uuid());
    return codes.traced(call.trace()).issue(request.uuid());
  }

  Future<StoreMessageReply> store(StoreMessageRequest request, Call call) {
    requireUuid(request.uuid());
    requirePresent(request.unique(), "/unique");
    requireText(request.text());
    requireKey(request.idempotencyKey());
    return codes
        .traced(call.trace())
        .judge(request.uuid(), request.unique())
        .compose(verdict ->
            switch (verdict) {
              case UNKNOWN_UUID -> Future.succeededFuture(new StoreMessageReply.UnknownUuid());
              case WRONG -> Future.succeededFuture(new StoreMessageReply.WrongCode());
              case RIGHT ->
                  intake.store(
                      new Draft(request.uuid(), request.text(), request.idempotencyKey()),
                      call.deadlineNanos(),
                      call.trace());
            });
  }

  private Future<ListMessagesReply> list(ListMessagesRequest request, Call call) {
    if (request.after() < 0) {
      throw ServiceException.invalid("/after", "must not be negative");
    }
    if (request.limit() < 1 || request.limit() > MAX_PAGE) {
      throw ServiceException.invalid("/limit", "must be between 1 and " + MAX_PAGE);
    }
    if (request.uuid() != null) {
      requireUuid(request.uuid());
    }
    String contains = request.contains();
    if (contains != null && (contains.isEmpty() || contains.length() > MAX_CONTAINS)) {
      throw ServiceException.invalid("/contains", "must have 1 to " + MAX_CONTAINS + " characters");
    }
    return store.traced(call.trace()).list(request);
  }

  private Future<VerifyMessagesReply> verify(VerifyMessagesRequest request, Call call) {
    Long size = request.size();
    String headHash = request.headHash();
    if (size != null && size < 0) {
      throw ServiceException.invalid("/size", "must not be negative");
    }
    if (size == null && headHash != null) {
      throw ServiceException.invalid("/size", "is required with a head hash");
    }
    if (size != null && (headHash == null || !ChainHash.isHex(headHash))) {
      throw ServiceException.invalid("/head_hash", "must be 64 digits and letters a to f");
    }
    return verifier.verify(request, call);
  }

  private static void requireUuid(@Nullable String uuid) {
    if (!Uuids.valid(uuid)) {
      throw ServiceException.invalid("/uuid", Uuids.RULE);
    }
  }

  private static void requirePresent(@Nullable String value, String pointer) {
    if (value == null) {
      throw ServiceException.invalid(pointer, "is required");
    }
  }

  private void requireText(@Nullable String text) {
    if (text == null) {
      throw ServiceException.invalid("/text", "is required");
    }
    if (utf8Length(text) > maxTextBytes) {
      throw new ServiceException(
          ErrorCode.TOO_LARGE, "text must be at most " + maxTextBytes + " bytes in UTF-8");
    }
    if (!UnicodeText.wellFormed(text)) {
      throw ServiceException.invalid("/text", "must not contain half of a surrogate pair");
    }
  }

  /** Without encoding it, for it may be anything; half a surrogate pair counts as three. */
  private static long utf8Length(String text) {
    return text.codePoints()
        .mapToLong(c -> c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4)
        .sum();
  }

  private static void requireKey(@Nullable String key) {
    if (key != null && !IdempotencyLog.isKey(key)) {
      throw ServiceException.invalid("/idempotency_key", IdempotencyLog.KEY_RULE);
    }
  }
}
