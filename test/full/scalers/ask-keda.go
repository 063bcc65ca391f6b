// Asks KEDA's own scalers, unchanged: triggers from the standard input, what each says to the standard output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/kedacore/keda/v2/pkg/scalers"
	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
)

type trigger struct {
	Type     string            `json:"type"`
	Metadata map[string]string `json:"metadata"`
}

type answer struct {
	Value  float64 `json:"value"`
	Target float64 `json:"target"`
	Active bool    `json:"active"`
	Error  string  `json:"error,omitempty"`
}

const timeout = 10 * time.Second

func ask(ctx context.Context, given trigger) (said answer) {
	config := &scalersconfig.ScalerConfig{
		ScalableObjectName:      "scalers",
		ScalableObjectNamespace: "sagaline",
		ScalableObjectType:      "ScaledObject",
		GlobalHTTPTimeout:       timeout,
		TriggerType:             given.Type,
		TriggerMetadata:         given.Metadata,
		AuthParams:              map[string]string{},
		ResolvedEnv:             map[string]string{},
	}
	var scaler scalers.Scaler
	var err error
	switch given.Type {
	case "temporal":
		scaler, err = scalers.NewTemporalScaler(ctx, config)
	case "prometheus":
		scaler, err = scalers.NewPrometheusScaler(config)
	default:
		err = fmt.Errorf("no scaler %q was built", given.Type)
	}
	if err != nil {
		return answer{Error: err.Error()}
	}
	defer func() { _ = scaler.Close(ctx) }()
	target := scaler.GetMetricSpecForScaling(ctx)[0].External
	metrics, active, err := scaler.GetMetricsAndActivity(ctx, target.Metric.Name)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{
		Value:  metrics[0].Value.AsApproximateFloat64(),
		Target: target.Target.AverageValue.AsApproximateFloat64(),
		Active: active,
	}
}

func main() {
	var triggers []trigger
	if err := json.NewDecoder(os.Stdin).Decode(&triggers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*timeout)
	defer cancel()
	answers := make([]answer, len(triggers))
	for i, given := range triggers {
		answers[i] = ask(ctx, given)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
