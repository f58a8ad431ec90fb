// The 2x2 switch between stage s-1 and stage s of a butterfly, for data that flows from the source to the
// destination side. Each of its two outputs is one link; what holds it in a slice is noc/switch_core.h's
// LinkSlot. All inputs are sampled at the rising edge of `clk`, all outputs are registers.
//
// rst_n  0 at an edge: no link is held, all outputs are 0. Beats `en`.
// en     0 at an edge: every register keeps its value; slice, claim and data of that edge are not seen.
// slice  1 at an edge: both links are free. A claim at the same edge belongs to the new slice and finds them
//        free; data sampled at the same edge still belongs to the old slice and takes the old routes.
//
// A claim (`claim_valid`) asks that data of input `claim_in` leave by output `claim_out`, for the source
// `claim_source`. After that edge exactly one of these is 1, for one cycle; without a claim all three are 0:
//   claim_granted    the link was free and now is held by this source from this input
//   claim_multicast  the same source held it already from the same input; nothing changes
//   claim_refused    another source, or the other input, holds it; nothing changes
//
// Data: after an edge, output o carries what its input sampled at that edge, if the link was held BEFORE that
// edge and the input is valid; else valid and data are 0. So a claim granted at edge t routes data sampled from
// edge t+1 on. Both outputs may be held from one input: that is a multicast inside the switch.
module sosa_router #(
    parameter int DATA_BITS = 8 * sosa_params::ROWS,  // a row of X, the widest that flows towards a pod on `x`
    parameter int SOURCE_BITS = sosa_params::PODS > 1 ? $clog2(sosa_params::PODS) : 1
) (
    input  logic                   clk,
    input  logic                   rst_n,
    input  logic                   en,
    input  logic                   slice,

    input  logic                   claim_valid,
    input  logic                   claim_in,
    input  logic                   claim_out,
    input  logic [SOURCE_BITS-1:0] claim_source,
    output logic                   claim_granted,
    output logic                   claim_multicast,
    output logic                   claim_refused,

    input  logic                   in0_valid,
    input  logic [DATA_BITS-1:0]   in0_data,
    input  logic                   in1_valid,
    input  logic [DATA_BITS-1:0]   in1_data,
    output logic                   out0_valid,
    output logic [DATA_BITS-1:0]   out0_data,
    output logic                   out1_valid,
    output logic [DATA_BITS-1:0]   out1_data
);
    logic [1:0] held;              // by output
    logic [1:0] route_in;          // the input that the output forwards
    logic [2*SOURCE_BITS-1:0] route_source;

    // (1) The claim, against the links as this slice sees them.
    logic link_free, same_route;
    logic [SOURCE_BITS-1:0] holder;
    assign holder = claim_out ? route_source[SOURCE_BITS +: SOURCE_BITS] : route_source[0 +: SOURCE_BITS];
    assign link_free = slice || !held[claim_out];
    assign same_route = route_in[claim_out] == claim_in && holder == claim_source;

    always_ff @(posedge clk) begin
        if (!rst_n) begin
            claim_granted <= 1'b0;
            claim_multicast <= 1'b0;
            claim_refused <= 1'b0;
        end else if (en) begin
            claim_granted <= claim_valid && link_free;
            claim_multicast <= claim_valid && !link_free && same_route;
            claim_refused <= claim_valid && !link_free && !same_route;
        end
    end

    // (2) The links: freed by a slice, taken by a granted claim.
    genvar o;
    generate
        for (o = 0; o < 2; o = o + 1) begin : link
            logic taken;
            assign taken = claim_valid && link_free && claim_out == (o == 1);
            always_ff @(posedge clk) begin
                if (!rst_n) begin
                    held[o] <= 1'b0;
                    route_in[o] <= 1'b0;
                    route_source[o*SOURCE_BITS +: SOURCE_BITS] <= {SOURCE_BITS{1'b0}};
                end else if (en) begin
                    if (slice) held[o] <= 1'b0;
                    if (taken) begin
                        held[o] <= 1'b1;
                        route_in[o] <= claim_in;
                        route_source[o*SOURCE_BITS +: SOURCE_BITS] <= claim_source;
                    end
                end
            end
        end
    endgenerate

    // (3) The data, by the routes from before this edge.
    logic pass0, pass1;
    assign pass0 = held[0] && (route_in[0] ? in1_valid : in0_valid);
    assign pass1 = held[1] && (route_in[1] ? in1_valid : in0_valid);

    always_ff @(posedge clk) begin
        if (!rst_n) begin
            out0_valid <= 1'b0;
            out1_valid <= 1'b0;
            out0_data <= {DATA_BITS{1'b0}};
            out1_data <= {DATA_BITS{1'b0}};
        end else if (en) begin
            out0_valid <= pass0;
            out1_valid <= pass1;
            out0_data <= pass0 ? (route_in[0] ? in1_data : in0_data) : {DATA_BITS{1'b0}};
            out1_data <= pass1 ? (route_in[1] ? in1_data : in0_data) : {DATA_BITS{1'b0}};
        end
    end
endmodule
