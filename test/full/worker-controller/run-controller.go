// Runs Temporal's worker controller, unchanged, with its webhooks on loopback: its own program serves them on all addresses.
package main

import (
	"flag"
	"log/slog"
	"os"

	temporal "github.com/temporalio/temporal-worker-controller/api/v1alpha1"
	"github.com/temporalio/temporal-worker-controller/internal/controller"
	"github.com/temporalio/temporal-worker-controller/internal/controller/clientpool"
	"go.temporal.io/sdk/log"
	"k8s.io/apimachinery/pkg/runtime"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

func must(err error) {
	if err != nil {
		ctrl.Log.Error(err, "the controller cannot run")
		os.Exit(1)
	}
}

func main() {
	health := flag.String("health", "", "host:port of the probes")
	port := flag.Int("webhooks", 0, "port of the webhooks on loopback")
	certificates := flag.String("certificates", "", "folder with tls.crt and tls.key of the webhooks")
	flag.Parse()
	ctrl.SetLogger(zap.New(zap.JSONEncoder()))

	scheme := runtime.NewScheme()
	must(kubernetes.AddToScheme(scheme))
	must(temporal.AddToScheme(scheme))
	cache, err := controller.NewCacheOptions(nil)
	must(err)
	manager, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{
		Scheme:                 scheme,
		Cache:                  cache,
		Metrics:                server.Options{BindAddress: "0"},
		HealthProbeBindAddress: *health,
		WebhookServer: webhook.NewServer(webhook.Options{
			Host: "127.0.0.1", Port: *port, CertDir: *certificates,
		}),
	})
	must(err)
	client := manager.GetClient()
	clients := clientpool.New(log.NewStructuredLogger(slog.New(slog.NewJSONHandler(os.Stdout, nil))), client)
	must((&controller.WorkerDeploymentReconciler{
		Client:             client,
		Scheme:             scheme,
		TemporalClientPool: clients,
		Recorder:           manager.GetEventRecorderFor("worker-controller"),
		MaxDeploymentVersionsIneligibleForDeletion: controller.GetControllerMaxDeploymentVersionsIneligibleForDeletion(),
	}).SetupWithManager(manager))
	must(temporal.NewWorkerResourceTemplateValidator(manager).SetupWebhookWithManager(manager))
	must((&temporal.WorkerDeployment{}).SetupWebhookWithManager(manager))
	must(manager.AddReadyzCheck("webhooks", manager.GetWebhookServer().StartedChecker()))
	must(manager.AddHealthzCheck("ping", healthz.Ping))
	must(manager.Start(ctrl.SetupSignalHandler()))
}
