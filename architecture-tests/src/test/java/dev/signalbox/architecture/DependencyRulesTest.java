package dev.signalbox.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.signalbox.platform.service.ServiceProvider;
import java.util.stream.Collectors;

/** Who may know whom. */
@AnalyzeClasses(
    packages = "dev.signalbox",
    importOptions = {ImportOption.DoNotIncludeTests.class, NotTestSupport.class})
class DependencyRulesTest {

  private static final String[] SERVICES =
      ServiceProvider.all().stream()
          .map(service -> service.configType().getPackageName() + "..")
          .toArray(String[]::new);

  @ArchTest
  static final ArchRule contractsKnowTheJdkAlone =
      classes()
          .that()
          .resideInAPackage("dev.signalbox.contracts..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.signalbox.contracts..", "java..", "javax.crypto..", "org.jspecify..");

  @ArchTest
  static final ArchRule platformAndStorageKnowNoService =
      noClasses()
          .that()
          .resideInAnyPackage("dev.signalbox.platform..", "dev.signalbox.storage..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(SERVICES)
                  .or(
                      resideInAPackage("dev.signalbox.contracts.*..")
                          .and(
                              resideOutsideOfPackages(
                                  "dev.signalbox.contracts.net", "dev.signalbox.contracts.disk"))
                          .as("contracts of a service")));

  @ArchTest
  static final ArchRule theDnsClientKnowsNoService =
      noClasses()
          .that()
          .resideInAPackage("dev.signalbox.dnsclient..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SERVICES);

  @ArchTest
  static final ArchRule aServiceKnowsNoOtherService =
      slices()
          .matching(
              ServiceProvider.all().stream()
                  .map(service -> service.configType().getPackageName())
                  .map(name -> name.substring(name.lastIndexOf('.') + 1))
                  .collect(Collectors.joining("|", "dev.signalbox.(", ")..")))
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule theEventBusIsKnownToTheBusAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.signalbox.platform.bus..", "dev.signalbox.platform.node..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.vertx.core.eventbus..");

  @ArchTest
  static final ArchRule theClusterManagerIsKnownToTheNodeAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.signalbox.platform.node..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..");

  @ArchTest
  static final ArchRule theSdkOfOpenTelemetryIsKnownToTheTracesAlone =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.signalbox.platform.trace..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.opentelemetry.sdk..", "io.opentelemetry.exporter..");

  /** Another class that asks a socket would take a proxy for the client. */
  @ArchTest
  static final ArchRule theAddressOfAPeerIsKnownToClientAddressAlone =
      noClasses()
          .that()
          .resideInAPackage("dev.signalbox.gateway..")
          .and()
          .doNotHaveFullyQualifiedName("dev.signalbox.gateway.client.ClientAddress")
          .should()
          .callMethodWhere(
              target(name("remoteAddress"))
                  .<JavaMethodCall>forSubtype()
                  .as("the method asks a socket for the address of its other end"));

  private static final DescribedPredicate<JavaClass> ROLES =
      nameMatching(".*(Main|Verticle|Endpoint|Routes)(\\$.*)?")
          .<JavaClass>forSubtype()
          .as("a role that knows the bus");

  @ArchTest
  static final ArchRule domainClassesKnowNeitherBusNorRoles =
      noClasses()
          .that(
              resideInAnyPackage(SERVICES)
                  .and(resideOutsideOfPackage("dev.signalbox.gateway.."))
                  .and(DescribedPredicate.not(ROLES))
                  .as("domain classes of services"))
          .should()
          .dependOnClassesThat(
              simpleNameEndingWith("Endpoint")
                  .or(simpleNameEndingWith("Verticle"))
                  .or(simpleNameEndingWith("Main"))
                  .and(resideInAPackage("dev.signalbox..")));

  @ArchTest
  static final ArchRule theWorkerOfTheCensusKnowsContractsAlone =
      noClasses()
          .that()
          .resideInAPackage("dev.signalbox.worker..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(SERVICES)
                  .or(resideInAnyPackage("dev.signalbox.platform..", "dev.signalbox.storage..")));

  /** The worker is downloaded by volunteers without the launcher's platform. */
  @ArchTest
  static final ArchRule onlyTheLauncherEndsTheProcess =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.signalbox.platform.node.Launcher")
          .and()
          .doNotHaveFullyQualifiedName("dev.signalbox.worker.WorkerMain")
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class)
          .orShould()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(Runtime.class, "addShutdownHook", Thread.class);

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses()
          .should()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .callMethod(Thread.class, "sleep", java.time.Duration.class);

  @ArchTest
  static final ArchRule noPackageOfLeftovers =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..common..", "..util..", "..utils..", "..helpers..", "..model..", "..impl..");

  @ArchTest
  static final ArchRule noNamesThatSayNothing =
      noClasses()
          .should()
          .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)$")
          .orShould()
          .haveSimpleNameStartingWith("Abstract");

  @ArchTest
  static final ArchRule noFrameworkMagic =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "javax.inject..", "jakarta.inject..", "io.reactivex..", "com.google.inject..");

  @ArchTest static final ArchRule nothingIsFinalized = noMethods().should().haveName("finalize");

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      classes().that(alwaysTrue()).should(new BeInANullMarkedPackage());
}
